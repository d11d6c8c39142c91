import type { GuardHooks } from '@latchkey/bearer-auth';
import type { TokenEvent } from '@latchkey/core';
import { z } from 'zod';

/** Code of a deployment that is called, and never waited for by a request. */
export interface Callbacks extends Pick<GuardHooks, 'beforeAuthentication' | 'afterAuthentication' | 'maxQueued' | 'concurrency'> {
  /** For every event, in every process; one after the other. */
  onEvent?(event: TokenEvent): void | Promise<void>;
}

/** What a callback answers is nobody's business; that it is a function is all that can be checked. */
function callback<Name extends keyof Callbacks>(_name: Name) {
  return z.custom<Callbacks[Name]>((value) => typeof value === 'function', 'must be a function').optional();
}

const bound = z.number().int('must be a whole number').min(1, 'must be 1 or more').max(1_000_000, 'must be 1,000,000 or less').optional();

export const callbacksSchema = z.strictObject({
  beforeAuthentication: callback('beforeAuthentication'),
  afterAuthentication: callback('afterAuthentication'),
  onEvent: callback('onEvent'),
  maxQueued: bound,
  concurrency: bound,
});
