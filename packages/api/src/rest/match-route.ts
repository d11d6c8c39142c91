import type { RestRoute } from './rest-routes.ts';

export type RouteMatch =
  | { readonly kind: 'route'; readonly route: RestRoute<string>; readonly id: string | null }
  | { readonly kind: 'other-method'; readonly allow: readonly string[] }
  | { readonly kind: 'unknown' };

/** Finds the route of a request in a table. Fixed segments win over `:id`; HEAD is a GET whose body nobody reads. */
export function createRouteMatcher(routes: readonly RestRoute<string>[]): (method: string, path: string) => RouteMatch {
  const patterns = routes.map((route) => ({ route, segments: route.path.split('/') }));
  return (method, path) => {
    const segments = path.split('/');
    const matching = patterns.filter((pattern) => matches(pattern.segments, segments));
    const first = matching[0];
    if (first === undefined) return { kind: 'unknown' };
    // `stats` of `/stats/overview` never falls back to being an id (S4-083): only routes of the first pattern that fits count.
    const here = matching.filter((pattern) => pattern.route.path === first.route.path);
    const found = here.find((pattern) => pattern.route.method === (method === 'HEAD' ? 'GET' : method));
    if (found) return { kind: 'route', route: found.route, id: idIn(found.segments, segments) };
    return { kind: 'other-method', allow: here.flatMap(({ route }) => (route.method === 'GET' ? ['GET', 'HEAD'] : [route.method])) };
  };
}

function matches(pattern: readonly string[], segments: readonly string[]): boolean {
  return (
    pattern.length === segments.length &&
    pattern.every((part, index) => part === segments[index] || (part === ':id' && segments[index] !== ''))
  );
}

function idIn(pattern: readonly string[], segments: readonly string[]): string | null {
  const index = pattern.indexOf(':id');
  return index === -1 ? null : (segments[index] ?? null);
}
