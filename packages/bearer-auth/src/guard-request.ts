import type { Permissions } from '@latchkey/core';
import type { Admission } from './admission.ts';

/** What a route asks for beyond a valid token. */
export interface RequiredAccess {
  /** All of these scopes. */
  readonly scopes?: readonly string[];
  /** All of these permissions, by resource. */
  readonly permissions?: Permissions;
}

/** A request as the guard sees it, whatever server it came through. */
export interface GuardRequest {
  /** Upper case. */
  readonly method: string;
  /** The public API's own target, raw, without mount: `/products?store_id=1`. `null`: it lies outside of the mount. */
  readonly target: string | null;
  /** Names and values in turn, every line as it came. */
  readonly rawHeaders: readonly string[];
  /** Client address, or `null` where it is not known. */
  readonly ip: string | null;
  readonly requestId: string;
  /** When it arrived, in epoch milliseconds: a token that is at hand is judged as of then. Default: now. */
  readonly at?: number;
  /** Whether it came over TLS, by the connection or by what a trusted proxy says. Absent: not known. */
  readonly secure?: boolean;
  /** As what this guard has admitted it before: it is judged anew, and counted no second time. Absent: it has not seen it yet. */
  readonly admitted?: Admission | undefined;
}

/** A token to be judged on its own, because another server was shown it (S3-056…064). */
export interface TokenInquiry {
  readonly text: string;
  /** Only a token of this configuration; `null`: of any. */
  readonly configId: string | null;
  /** All of these must be held; `null`: none. */
  readonly permissions: Permissions | null;
  /** Address of whoever presented the token, or `null` where it is not known. */
  readonly ip: string | null;
  readonly requestId: string;
}
