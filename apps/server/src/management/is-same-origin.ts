const SAFE_METHODS: ReadonlySet<string> = new Set(['GET', 'HEAD', 'OPTIONS']);
const ANY_SESSION_COOKIE = /(?:^|; *)(?:__Host-)?latchkey\.(?:session_token|portal)=/;

/**
 * Whether a request may change something as far as its origin goes (CSRF). A browser says where a request comes from: in
 * `Sec-Fetch-Site` over TLS and on localhost, else in `Origin` – and pages can set neither. A program sends neither, and is let
 * through unless it sends a session cookie: then it could be an old browser. Requests with a bearer credential are not at risk,
 * because no browser adds that by itself.
 */
export function isSameOrigin(request: { method: string; headers: Headers }, ownOrigin: string): boolean {
  const { method, headers } = request;
  if (SAFE_METHODS.has(method) || /^bearer\b/i.test(headers.get('authorization') ?? '')) return true;
  const site = headers.get('sec-fetch-site');
  if (site !== null) return site === 'same-origin';
  const origin = headers.get('origin');
  if (origin !== null) return origin === ownOrigin;
  return !ANY_SESSION_COOKIE.test(headers.get('cookie') ?? '');
}
