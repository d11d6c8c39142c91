/** The quota of a token: so many units, perhaps set anew at intervals (S3-015…018, 026). */
export interface TokenQuota {
  /** `null`: never refilled; then so is `refillIntervalMs`. */
  readonly refillAmount: number | null;
  readonly refillIntervalMs: number | null;
  /** Rises when an administrator sets the quota: units that were leased before are void. */
  readonly epoch: number;
}

/** Where a quota stands. */
export interface QuotaState {
  /** `taken`: the units are spent. `exhausted`: too few are left. `unavailable`: nobody can tell at the moment. */
  readonly outcome: 'taken' | 'exhausted' | 'unavailable';
  /** Units left as far as this process knows. */
  readonly remaining: number;
  /** What a refill sets `remaining` to; `null`: there is none. */
  readonly refillAmount: number | null;
  readonly refillIntervalMs: number | null;
  /** Epoch milliseconds of the next refill; `null`: there is none. */
  readonly refillAt: number | null;
}

/** What a ledger is asked for. */
export interface QuotaRequest {
  /** Fewer are of no use: they are not granted. */
  readonly needed: number;
  /** Units that requests already wait for; at least `needed`. */
  readonly waiting: number;
  /** Units that would be welcome beyond those; granted only while they are a small part of what is left. */
  readonly welcome: number;
}

/** Units for one process to spend. */
export interface QuotaGrant {
  /** 0: fewer than `needed` are left. */
  readonly units: number;
  /** What is left for others. */
  readonly remaining: number;
  readonly refillAmount: number | null;
  readonly refillIntervalMs: number | null;
  /** Epoch milliseconds from which on the grant is void, because a refill sets the quota anew; `null`: never. */
  readonly refillAt: number | null;
  readonly epoch: number;
}

/** Units that were not spent, and the grant they came from. */
export interface UnspentUnits {
  readonly units: number;
  readonly epoch: number;
  /** `refillAt` of the grant. */
  readonly refillAt: number | null;
}

/**
 * Keeps the quotas of all processes (port). Both methods are atomic, and reject when the ledger can not be reached. `now`: epoch milliseconds.
 */
export interface QuotaLedger {
  /**
   * Refills what is due – it sets, and missed intervals do not pile up – and grants units. `null`: there is no such quota (any more).
   */
  lease(tokenId: number, request: QuotaRequest, now: number): Promise<QuotaGrant | null>;
  /** Takes units back, unless the quota was set or refilled since they were granted. */
  giveBack(tokenId: number, unspent: UnspentUnits): Promise<void>;
}

/** At least one unit for every other process: a lease takes no more than this part of what is left, beyond what requests wait for. */
export const LEASE_SHARE = 16;

/** What a refill rule makes of an instant at which the quota was last set; `null`: nothing is refilled. */
export function nextRefillAt(since: number, refillIntervalMs: number | null): number | null {
  return refillIntervalMs === null ? null : since + refillIntervalMs;
}

/** How many units a ledger grants that has `left`. The SQL of the database has the same rule. */
export function grantedUnits(left: number, { needed, waiting, welcome }: QuotaRequest): number {
  if (left < needed) return 0;
  return Math.min(left, Math.max(waiting, Math.min(welcome, Math.floor(left / LEASE_SHARE))));
}
