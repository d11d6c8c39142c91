import type { IncomingMessage, ServerResponse } from 'node:http';
import type { DenialReason } from '@latchkey/core';
import type { Admission } from '../admission.ts';
import type { RequiredAccess } from '../guard-request.ts';

/** Answers an admitted request. Send headers, body and status as usual. */
export type ProtectedHandler = (req: IncomingMessage, res: ServerResponse, admission: Admission) => void;

/** The guard in front of `node:http` handlers. */
export interface NodeGuard {
  /**
   * A request listener that runs `handler` for admitted requests only, and answers all others. What `handler` throws is its caller's to catch: it
   * is thrown on, or, where the verdict took its time, rejects the promise that the listener returned.
   */
  protect(handler: ProtectedHandler, access?: RequiredAccess): (req: IncomingMessage, res: ServerResponse) => Promise<void> | undefined;
  /**
   * Checks one request and prepares its response; `next` runs when it was admitted. Refusals are answered here. What adapters are made of.
   * A request that passes the same guard again is judged again, and neither counted nor recorded a second time: see `Guard.check`.
   * `next` runs in the same turn for a cached token. Otherwise there is a promise, which rejects with what is thrown later.
   */
  enter(
    req: IncomingMessage,
    res: ServerResponse,
    access: RequiredAccess | undefined,
    next: (admission: Admission) => void,
  ): Promise<void> | undefined;
  /** Answers an admitted request with a denial: `upstream_error`, `insufficient_scope`, … It is what its usage record will say. */
  deny(req: IncomingMessage, res: ServerResponse, admission: Admission, reason: DenialReason, required?: readonly string[]): void;
}
