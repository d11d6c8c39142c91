import type { QuotaGrant, QuotaLedger, QuotaState, TokenQuota } from '@latchkey/core';

/** Spends the quotas of tokens from units that this process has leased. */
export interface QuotaKeeper {
  /**
   * Takes `cost` units, all or none: at once from what is leased, otherwise a promise. Never rejects.
   * @param now epoch milliseconds.
   */
  take(tokenId: number, quota: TokenQuota, cost: number, now: number): QuotaState | Promise<QuotaState>;
  /** What is known here without asking anybody; `null`: nothing yet. */
  peek(tokenId: number, quota: TokenQuota, now: number): QuotaState | null;
  /**
   * Units leased and not spent: what a row's `remaining` is short of. `epoch` and `refillAt` say which state of the quota the row shows;
   * units of any other are void.
   */
  unspent(tokenId: number, epoch: number, refillAt: number | null): number;
  /** Tokens whose quota this process knows. */
  readonly size: number;
  /** Units of all tokens that are leased and not spent. */
  readonly leasedUnits: number;
  /** How often the ledger could not be asked, or not be given units back. */
  readonly ledgerFailures: number;
  /** Returns every unspent unit. From then on nothing can be taken. */
  close(): Promise<void>;
}

/** The ledger of all quotas, and how far a process may run ahead of it. */
export interface QuotaKeeperOptions {
  readonly ledger: QuotaLedger;
  /** Epoch milliseconds. */
  readonly now: () => number;
  /** The most units of one token that are leased ahead of need. Default 1,000; so much may be lost when the process is killed. */
  readonly maxLease?: number;
  /** After so long without use unspent units go back. Default 2,000. */
  readonly idleMs?: number;
  /** Told why the ledger could not be reached. */
  readonly onError?: (error: unknown) => void;
}

interface Waiter {
  readonly cost: number;
  readonly resolve: (state: QuotaState) => void;
}

/** What this process holds of one token's quota. */
interface Lease {
  readonly tokenId: number;
  epoch: number;
  units: number;
  /** What was left for others when it was last asked. */
  left: number;
  refillAmount: number | null;
  refillIntervalMs: number | null;
  refillAt: number | null;
  /** Units to ask for: as many as are spent in about `FAST_MS`. */
  size: number;
  askedAt: number;
  usedAt: number;
  /** Until then, whoever needs `shortBy` units or more beyond those held is refused without asking. */
  shortUntil: number;
  shortBy: number;
  /** Until then the ledger is not asked, because it could not be reached. */
  retryAt: number;
  readonly waiting: Waiter[];
  isFilling: boolean;
  /** The last time it was asked for; settled when that is over. */
  filling: Promise<void> | null;
}

const MAX_LEASE = 1_000;
const IDLE_MS = 2_000;
const SWEEP_MS = 1_000;
/** A lease that was spent faster than this is followed by a larger one, one that lasted longer than `SLOW_MS` by a smaller one. */
const FAST_MS = 250;
const SLOW_MS = 1_000;
/** How long "nothing is left" is believed: another process may return units. */
const SHORT_MS = 1_000;
const RETRY_MS = 500;
const MAX_VOIDED = 3;
/** Leases smaller than this are not renewed ahead of need: near its end a quota is counted unit by unit. */
const SMALLEST_AHEAD = 8;

/**
 * Keeps leases over `ledger`. A lease starts at one unit and grows with the rate; the ledger makes it shrink to what requests wait for near
 * the end of a quota. Units come from the ledger only, so that all processes together never spend more than was granted, whatever becomes
 * of them. While the ledger can not be reached what is leased is spent, and then requests are `unavailable`.
 */
export function createQuotaKeeper(options: QuotaKeeperOptions): QuotaKeeper {
  const { ledger, now: clock, maxLease = MAX_LEASE, idleMs = IDLE_MS, onError = () => undefined } = options;
  const leases = new Map<number, Lease>();
  let sweeping: ReturnType<typeof setInterval> | null = null;
  let isClosed = false;
  let ledgerFailures = 0;

  function take(tokenId: number, quota: TokenQuota, cost: number, now: number): QuotaState | Promise<QuotaState> {
    const lease = leases.get(tokenId) ?? openLease(tokenId, quota, now);
    voidOld(lease, quota, now);
    lease.usedAt = now;
    if (lease.waiting.length === 0 && lease.units >= cost) {
      lease.units -= cost;
      if (isLow(lease)) fill(lease, true);
      return describe(lease, 'taken');
    }
    if (isClosed || now < lease.retryAt) return describe(lease, 'unavailable');
    if (now < lease.shortUntil && cost - lease.units >= lease.shortBy) return describe(lease, 'exhausted');
    return new Promise((resolve) => {
      lease.waiting.push({ cost, resolve });
      fill(lease, false);
    });
  }

  function openLease(tokenId: number, { epoch }: TokenQuota, now: number): Lease {
    const lease: Lease = {
      ...{ tokenId, epoch, units: 0, left: 0, refillAmount: null, refillIntervalMs: null, refillAt: null, size: 1 },
      ...{
        askedAt: Number.NEGATIVE_INFINITY,
        usedAt: now,
        shortUntil: 0,
        shortBy: 0,
        retryAt: 0,
        waiting: [],
        isFilling: false,
        filling: null,
      },
    };
    leases.set(tokenId, lease);
    sweeping ??= setInterval(sweep, SWEEP_MS).unref();
    return lease;
  }

  /** Renews a lease ahead of need while requests are many and enough is left for everybody. */
  function isLow(lease: Lease): boolean {
    return !lease.isFilling && lease.size >= SMALLEST_AHEAD && lease.units * 4 < lease.size && lease.left > lease.size && !isClosed;
  }

  /** Asks until nobody waits. One at a time for each token, so that what arrives meanwhile shares the next answer. */
  function fill(lease: Lease, ahead: boolean): void {
    if (lease.isFilling) return;
    lease.isFilling = true;
    lease.filling = ask(lease, ahead);
  }

  async function ask(lease: Lease, ahead: boolean): Promise<void> {
    try {
      if (ahead) accept(lease, await requestGrant(lease, 1));
      let voided = 0;
      for (let head = serve(lease); head !== undefined; head = serve(lease)) {
        const needed = head.cost - lease.units;
        const grant = await requestGrant(lease, needed);
        const isValid = accept(lease, grant);
        if (!isValid && ++voided > MAX_VOIDED) throw new Error('The quota was set again and again while it was asked for.');
        if (isValid && grant.units === 0) refuseFrom(lease, head.cost, needed);
      }
    } catch (error) {
      lease.retryAt = clock() + RETRY_MS;
      for (const waiter of lease.waiting.splice(0)) waiter.resolve(describe(lease, 'unavailable'));
      noteFailure(error);
    } finally {
      // In the turn in which nobody waits any more: whoever comes next must find that nothing is on its way.
      lease.isFilling = false;
    }
  }

  async function requestGrant(lease: Lease, needed: number): Promise<QuotaGrant> {
    const now = clock();
    const lastedMs = now - lease.askedAt;
    if (lastedMs < FAST_MS) lease.size = Math.min(maxLease, lease.size * 2);
    else if (lastedMs > SLOW_MS) lease.size = Math.max(1, Math.floor(lease.size / 2));
    lease.askedAt = now;
    const waited = lease.waiting.reduce((sum, { cost }) => sum + cost, 0) - lease.units;
    const grant = await ledger.lease(lease.tokenId, { needed, waiting: Math.max(needed, waited), welcome: lease.size }, now);
    // Whoever asks has an old view of the token; the next request will have a new one.
    if (grant === null) throw new Error(`Token ${lease.tokenId} has no quota any more.`);
    return grant;
  }

  /** Answers `false` for a grant that was void before it arrived. */
  function accept(lease: Lease, grant: QuotaGrant): boolean {
    if (grant.epoch < lease.epoch) return false;
    const isSameQuota = grant.epoch === lease.epoch && grant.refillAt === lease.refillAt;
    lease.units = grant.units + (isSameQuota ? lease.units : 0);
    lease.left = grant.remaining;
    lease.epoch = grant.epoch;
    lease.refillAmount = grant.refillAmount;
    lease.refillIntervalMs = grant.refillIntervalMs;
    lease.refillAt = grant.refillAt;
    lease.shortUntil = 0;
    return true;
  }

  /** Spends what there is on those that wait, in their order. Answers the first that needs more. */
  function serve(lease: Lease): Waiter | undefined {
    voidRefilled(lease, clock());
    for (let head = lease.waiting[0]; head !== undefined; head = lease.waiting[0]) {
      if (head.cost > lease.units) return head;
      lease.waiting.shift();
      lease.units -= head.cost;
      head.resolve(describe(lease, 'taken'));
    }
    return undefined;
  }

  /** Too little is left: for whoever needs as much, and for a while. */
  function refuseFrom(lease: Lease, cost: number, needed: number): void {
    const now = clock();
    lease.shortBy = needed;
    lease.shortUntil = Math.min(now + SHORT_MS, lease.refillAt ?? Number.POSITIVE_INFINITY);
    const refused = lease.waiting.filter((waiter) => waiter.cost >= cost);
    const patient = lease.waiting.filter((waiter) => waiter.cost < cost);
    lease.waiting.splice(0, lease.waiting.length, ...patient);
    for (const waiter of refused) waiter.resolve(describe(lease, 'exhausted'));
  }

  function sweep(): void {
    const now = clock();
    for (const lease of leases.values()) {
      voidRefilled(lease, now);
      if (lease.isFilling || now - lease.usedAt < idleMs || now < lease.retryAt) continue;
      leases.delete(lease.tokenId);
      void giveBack(lease);
    }
    if (leases.size === 0) stopSweeping();
  }

  /** What is on its way back is not spent here any more: whether it arrived is not always known. */
  async function giveBack(lease: Lease): Promise<void> {
    const { tokenId, units, epoch, refillAt } = lease;
    if (units === 0) return;
    lease.units = 0;
    await ledger.giveBack(tokenId, { units, epoch, refillAt }).catch(noteFailure);
  }

  function noteFailure(error: unknown): void {
    ledgerFailures += 1;
    onError(error);
  }

  function stopSweeping(): void {
    if (sweeping !== null) clearInterval(sweeping);
    sweeping = null;
  }

  async function close(): Promise<void> {
    isClosed = true;
    stopSweeping();
    const held = [...leases.values()];
    await Promise.all(held.map((lease) => lease.filling));
    await Promise.all(held.map(giveBack));
    leases.clear();
  }

  return {
    take,
    peek(tokenId, quota, now) {
      const lease = leases.get(tokenId);
      if (lease === undefined) return null;
      voidOld(lease, quota, now);
      return lease.refillAt === null && lease.units === 0 && lease.left === 0 && lease.shortUntil === 0 ? null : describe(lease, 'taken');
    },
    unspent(tokenId, epoch, refillAt) {
      const lease = leases.get(tokenId);
      return lease !== undefined && lease.epoch === epoch && lease.refillAt === refillAt ? lease.units : 0;
    },
    get size() {
      return leases.size;
    },
    get leasedUnits() {
      let units = 0;
      for (const lease of leases.values()) units += lease.units;
      return units;
    },
    get ledgerFailures() {
      return ledgerFailures;
    },
    close,
  };
}

/** Drops units of a quota that was set anew, by an administrator or by a refill that is due. */
function voidOld(lease: Lease, quota: TokenQuota, now: number): void {
  if (quota.epoch > lease.epoch) {
    lease.epoch = quota.epoch;
    forget(lease);
  }
  voidRefilled(lease, now);
}

function voidRefilled(lease: Lease, now: number): void {
  if (lease.refillAt !== null && now >= lease.refillAt) forget(lease);
}

function forget(lease: Lease): void {
  lease.units = 0;
  lease.left = 0;
  lease.refillAt = null;
  lease.shortUntil = 0;
}

function describe(lease: Lease, outcome: QuotaState['outcome']): QuotaState {
  const { units, left, refillAmount, refillIntervalMs, refillAt } = lease;
  return { outcome, remaining: units + left, refillAmount, refillIntervalMs, refillAt };
}
