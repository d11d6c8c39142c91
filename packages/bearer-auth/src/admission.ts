import type { DenialCode, Outcome, TokenRecord } from '@latchkey/core';

/** An admitted request, as its handler sees it. */
export interface Admission {
  readonly token: TokenRecord;
  /** The public API's own path exactly as it was judged (raw, without mount and query): what an upstream must get. */
  readonly path: string;
  /** `''` or `?…`, raw. */
  readonly search: string;
  /** Endpoint template for the usage log. */
  readonly endpoint: string;
  readonly requestId: string;
  /** Client address, or `null`. */
  readonly ip: string | null;
  /** What the request was charged in rate limits and quota. */
  readonly cost: number;
  /** Says that the handler could not answer the request itself; goes into the usage record. Default `VALID`. */
  outcome: Outcome;
  /** What the rules on trial would have refused it with; goes into the usage record. */
  trial: DenialCode | null;
}
