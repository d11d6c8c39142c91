import type { IncomingMessage } from 'node:http';

/** @throws RangeError for a mount that is not a path. */
export function checkedMount(mount: string): string {
  const path = mount.endsWith('/') ? mount.slice(0, -1) : mount;
  if (path !== '' && !path.startsWith('/')) throw new RangeError(`mount must be a path such as "/api"; got ${JSON.stringify(mount)}.`);
  return path;
}

/** What follows the mount, raw: `/api/products?x` → `/products?x`, `/api` → `/`. `null`: outside of it. */
export function targetBelow(mount: string, url: string): string | null {
  if (!url.startsWith(mount)) return null;
  const rest = url.slice(mount.length);
  if (rest === '' || rest.startsWith('?')) return `/${rest}`;
  return rest.startsWith('/') ? rest : null;
}

/** Frameworks cut what they have routed off `url`; what the client sent stays here. */
export function originalUrl(req: IncomingMessage): string {
  return (req as IncomingMessage & { originalUrl?: string }).originalUrl ?? req.url ?? '';
}

/**
 * What Express routes by: what the client sent, unless it was rewritten. `baseUrl` is what was cut off, and where nothing but a query was left,
 * Express has put a slash before it.
 */
export function expressUrl({ originalUrl, baseUrl, url }: { originalUrl: string; baseUrl: string; url: string }): string {
  const routed = baseUrl + url;
  const isWithSlash = url.length === 1 || url[1] === '?';
  return isWithSlash && baseUrl + url.slice(1) === originalUrl ? originalUrl : routed;
}
