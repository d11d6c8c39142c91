import {
  type AccessRequest,
  type Counter,
  DENIALS,
  type DenialCode,
  decide,
  type LoadedToken,
  passedAll,
  type RateLimitState,
} from '@latchkey/core';

/** How a request is counted. */
interface Charge {
  readonly counter: Counter;
  readonly cost: number;
  /** Epoch milliseconds. */
  readonly now: number;
}

/**
 * What the rules on trial would have refused an admitted request with, `null` where they would let it pass. By the same decision and the
 * same counters as the real rules, under keys of their own, so that a trial changes nothing of what is really counted. Rejects when the
 * counter can not be asked: then nothing is known, and nothing is to be refused for it.
 */
export function judgeTrial(
  trial: LoadedToken,
  request: AccessRequest,
  { counter, cost, now }: Charge,
): DenialCode | null | Promise<DenialCode | null> {
  const decision = decide(trial, request, now);
  if (decision.kind === 'deny') return DENIALS[decision.reason].code;
  if (trial.claims.length === 0) return null;
  const windows = counter.take(trial.claims, cost, now);
  return windows instanceof Promise ? windows.then(codeOf) : codeOf(windows);
}

function codeOf(windows: readonly RateLimitState[]): DenialCode | null {
  return passedAll(windows) ? null : DENIALS.rate_limited.code;
}
