import type { DenialCode } from '../decision/denial.ts';

/** What became of a request whose token was identified. `VALID`: it reached the handler, whatever that answered. */
export type Outcome = 'VALID' | 'CLIENT_CLOSED' | DenialCode;

/** By which door a request came that Latchkey only judged: a proxy asked, and answered it itself. */
export type UsageVia = 'forward_auth';

/** `UsageRecord.status` of an allowed request whose answer a proxy gave: not known. It counts as successful. */
export const UNKNOWN_STATUS = 0;

/** One answered request of an identified token (contract §4, S4-092…101). */
export interface UsageRecord {
  readonly kind: 'request';
  readonly tokenId: number;
  /** Epoch milliseconds at which the request arrived. */
  readonly at: number;
  readonly method: string;
  /** Endpoint template (`/products/:id`), at most 255 characters. */
  readonly endpoint: string;
  /** The public API's own path as judged, without query, at most 2,048 characters. */
  readonly path: string;
  /** Three digits, or `UNKNOWN_STATUS`. */
  readonly status: number;
  /** Microseconds from arrival to the end of the answer. */
  readonly durationUs: number;
  readonly requestBytes: number;
  readonly responseBytes: number;
  /** Canonical IPv4 or IPv6 text, or `null` where it is not known. */
  readonly ip: string | null;
  /** At most 512 characters. */
  readonly userAgent: string | null;
  readonly outcome: Outcome;
  readonly requestId: string;
  /** The secret of the token that was presented; `null` where it is not known. */
  readonly secretId: number | null;
  /** Units that the request took from its limits; 1 unless a rule says otherwise. */
  readonly cost: number;
  /** What a rule on trial would have refused the request with; `null`: nothing. */
  readonly trial: DenialCode | null;
  /** Absent: the request came through the guard or the gateway. Times are those of the check, and sizes are not known, where a proxy asked. */
  readonly via?: UsageVia;
}

/** Attempts with a token nobody issued, summed over about a second. The text itself is never kept. */
export interface UnknownAttempts {
  readonly kind: 'unknown';
  /** 16 lower-case hex characters of a keyed digest of the presented text. */
  readonly fingerprint: string;
  readonly ip: string | null;
  readonly reason: 'malformed' | 'unknown';
  readonly count: number;
  /** Epoch milliseconds. */
  readonly firstAt: number;
  readonly lastAt: number;
}

/**
 * Records that are not there. `dropped`: of requests that were answered although their records could not be kept, by the policy of whoever runs the
 * gateway; `missing`: they were written, and can not be read any more.
 */
export interface UsageLoss {
  readonly kind: 'loss';
  readonly cause: 'dropped' | 'missing';
  /** Epoch milliseconds of one of them, or near it. */
  readonly at: number;
  readonly count: number;
}

/** What the spool carries. */
export type SpoolRecord = UsageRecord | UnknownAttempts | UsageLoss;
