import { grantedUnits, nextRefillAt, type QuotaGrant, type QuotaLedger, type TokenQuota } from '@latchkey/core';

/** A quota as a row holds it. */
export interface LedgerRow extends TokenQuota {
  readonly remaining: number;
  /** Epoch milliseconds at which it was last set by a refill, or created. */
  readonly since: number;
}

/** A ledger that tests fill by hand and can take away. Its answers come a turn later, as those of a database do. */
export interface MemoryQuotaLedger extends QuotaLedger {
  set(tokenId: number, row: Partial<LedgerRow>): void;
  read(tokenId: number): LedgerRow;
  /** While set, every call fails with it. */
  failure: Error | null;
  /** Units of each grant so far, 0 for those that were refused. */
  readonly grants: readonly number[];
}

const EMPTY: LedgerRow = { remaining: 0, since: 0, refillAmount: null, refillIntervalMs: null, epoch: 0 };

/** A ledger that knows no token yet. */
export function createMemoryQuotaLedger(): MemoryQuotaLedger {
  const rows = new Map<number, LedgerRow>();
  const grants: number[] = [];
  const read = (tokenId: number): LedgerRow => rows.get(tokenId) ?? EMPTY;

  function refill(row: LedgerRow, now: number): LedgerRow {
    const refillAt = nextRefillAt(row.since, row.refillIntervalMs);
    if (refillAt === null || now < refillAt || row.refillAmount === null) return row;
    return { ...row, remaining: row.refillAmount, since: now };
  }

  const ledger: MemoryQuotaLedger = {
    failure: null,
    grants,
    read,
    set(tokenId, row) {
      const before = read(tokenId);
      rows.set(tokenId, { ...before, epoch: before.epoch + 1, ...row });
    },
    async lease(tokenId, request, now): Promise<QuotaGrant> {
      await Promise.resolve();
      if (ledger.failure !== null) throw ledger.failure;
      const row = refill(read(tokenId), now);
      const units = grantedUnits(row.remaining, request);
      const { refillAmount, refillIntervalMs, epoch } = row;
      const remaining = row.remaining - units;
      rows.set(tokenId, { ...row, remaining });
      grants.push(units);
      await Promise.resolve();
      return { units, remaining, refillAmount, refillIntervalMs, epoch, refillAt: nextRefillAt(row.since, refillIntervalMs) };
    },
    async giveBack(tokenId, { units, epoch, refillAt }) {
      if (ledger.failure !== null) throw ledger.failure;
      const row = read(tokenId);
      const isSame = row.epoch === epoch && nextRefillAt(row.since, row.refillIntervalMs) === refillAt;
      if (isSame) rows.set(tokenId, { ...row, remaining: row.remaining + units });
    },
  };
  return ledger;
}
