import { createRequestIds } from '../create-request-ids.ts';
import type { Guard } from '../guard.ts';
import { denialOf } from './fetch-exchange.ts';

/**
 * For `getRequestListener(fetch, { errorHandler })` of `@hono/node-server`: what that server can not take for a URL is answered like every other path that is not
 * canonical, before the guard sees the request. Other errors are thrown on.
 */
export function answerBadUrl(guard: Guard): (error: unknown) => Response {
  const createRequestId = createRequestIds();
  return (error) => {
    if (!(error instanceof Error && error.name === 'RequestError')) throw error;
    return denialOf({ reason: 'invalid_path', requestId: createRequestId(), realm: guard.realm, now: guard.now() });
  };
}
