/** What lies under `/api` and is not the public API. */
const MANAGEMENT = ['/api/auth', '/api/api-tokens', '/api/portal-sessions', '/api/portal'];

/**
 * Whether a request target belongs to the public API and so to the guard (contract §2). Looks at the raw text: nothing is decoded, so that a
 * management path in disguise is a path of the public API and needs a token.
 */
export function isPublicRequest(target: string): boolean {
  if (!isBelow(target, '/api')) return false;
  return !MANAGEMENT.some((path) => isBelow(target, path));
}

function isBelow(target: string, path: string): boolean {
  if (!target.startsWith(path)) return false;
  const next = target[path.length];
  return next === undefined || next === '/' || next === '?';
}
