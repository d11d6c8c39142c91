import type { DenialReason, TokenRecord } from '@latchkey/core';
import type { Admission } from './admission.ts';
import type { LimitsSeen } from './rate-limit-headers.ts';

/** The request may pass, and has been counted unless it was only inspected. */
export interface Admitted {
  readonly kind: 'admit';
  readonly admission: Admission;
  readonly limits: LimitsSeen;
  /** When it was decided, in epoch milliseconds. */
  readonly at: number;
}

/** The request may not pass, and why; nothing was counted. */
export interface Refused {
  readonly kind: 'deny';
  readonly reason: DenialReason;
  /** Missing scopes or permissions: everything that is required. */
  readonly required: readonly string[];
  /** `null` while no token was identified. */
  readonly token: TokenRecord | null;
  /** `null`: no token was identified, or nobody could tell. */
  readonly limits: LimitsSeen | null;
  /** What the request would have been charged. */
  readonly cost: number;
  /** As judged; `''` where it was refused itself. */
  readonly path: string;
  readonly endpoint: string;
  readonly requestId: string;
  readonly ip: string | null;
}

/** What the guard says of a request: a value, never an exception. */
export type Verdict = Admitted | Refused;
