import { type AccessRequest, type Counter, DENIALS, type DenialCode, decide, type LoadedToken } from '@latchkey/core';

/**
 * What the rules on trial would have refused an admitted request with, `null` where they would let it pass. By the same decision and the
 * same counters as the real rules, under keys of their own, so that a trial changes nothing of what is really counted. Rejects when the
 * counter can not be asked: then nothing is known, and nothing is to be refused for it.
 */
export function judgeTrial(
  trial: LoadedToken,
  request: AccessRequest,
  counter: Counter,
  now: number,
): DenialCode | null | Promise<DenialCode | null> {
  const decision = decide(trial, request, now);
  if (decision.kind === 'deny') return DENIALS[decision.reason].code;
  const limit = trial.record.rateLimit;
  if (limit === null) return null;
  const state = counter.take(trial.counterKey, limit, now);
  return state instanceof Promise ? state.then(codeOf) : codeOf(state);
}

function codeOf({ allowed }: { readonly allowed: boolean }): DenialCode | null {
  return allowed ? null : DENIALS.rate_limited.code;
}
