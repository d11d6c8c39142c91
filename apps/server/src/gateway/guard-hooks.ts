import type { GuardHooks } from '@latchkey/bearer-auth';
import type { Logger } from 'pino';
import type { Callbacks } from '../config/callbacks.ts';

/** What the guard calls around its checks; `undefined`: nothing, so that it costs nothing. */
export function createGuardHooks(callbacks: Callbacks | undefined, logger: Logger): GuardHooks | undefined {
  if (callbacks?.beforeAuthentication === undefined && callbacks?.afterAuthentication === undefined) return undefined;
  return { ...callbacks, onHookError: (error) => logger.warn({ err: error }, 'A callback around authentication failed') };
}
