import { VERIFY_PATH } from '../forward-auth/original-request.ts';

/** What lies under `/api` and is not the public API. */
const MANAGEMENT = ['/api/auth', '/api/api-tokens', '/api/portal-sessions', '/api/portal'];

/**
 * Whether a request target belongs to the gateway and so to the guard: to the public API (contract §2), or a proxy asks about a request
 * of its own. Looks at the raw text: nothing is decoded, so that a management path in disguise is a path of the public API and needs a
 * token.
 */
export function isPublicRequest(target: string): boolean {
  if (isVerifyRequest(target)) return true;
  if (!isBelow(target, '/api')) return false;
  return !MANAGEMENT.some((path) => isBelow(target, path));
}

/** Whether a proxy asks for a verdict (`/auth/verify`, `/auth/verify/…`). */
export function isVerifyRequest(target: string): boolean {
  return isBelow(target, VERIFY_PATH);
}

function isBelow(target: string, path: string): boolean {
  if (!target.startsWith(path)) return false;
  const next = target[path.length];
  return next === undefined || next === '/' || next === '?';
}
