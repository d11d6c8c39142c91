import { compileEndpointPatterns, parseEndpointPattern } from '@latchkey/api/schemas';

export type TryResult =
  /** `pattern` is `null` where there are no patterns: everything is allowed. */
  | { readonly kind: 'allowed'; readonly path: string; readonly pattern: string | null }
  | { readonly kind: 'refused'; readonly path: string }
  | { readonly kind: 'incomplete'; readonly hint: string };

/** What the guard would say to this request. Patterns that are not valid (yet) are left out, as they cannot be saved. */
export function tryRequest(patterns: readonly string[], method: string, address: string): TryResult {
  const path = requestPath(address);
  if (path === null) return { kind: 'incomplete', hint: 'Type a path such as /products/42.' };
  const pattern = compileEndpointPatterns(validPatterns(patterns)).find(method, path);
  return pattern === null ? { kind: 'refused', path } : { kind: 'allowed', path, pattern: pattern === '' ? null : pattern };
}

/**
 * The public API's own path inside what somebody pasted: a path, a path with `/api` in front, or a whole address with a query.
 * `null` where there is none.
 */
export function requestPath(address: string): string | null {
  const text = address.trim();
  if (text === '') return null;
  const path = (/^https?:\/\//i.test(text) ? text.replace(/^https?:\/\/[^/?#]*/i, '') : text).replace(/[?#].*$/, '');
  const own = path.replace(/^\/api(?=\/)/, '');
  return own.startsWith('/') ? decode(own) : null;
}

// The guard judges the decoded path; what cannot be decoded it refuses before it looks at patterns.
function decode(path: string): string | null {
  try {
    return decodeURIComponent(path);
  } catch {
    return null;
  }
}

export function validPatterns(patterns: readonly string[]): string[] {
  return patterns.filter((pattern) => pattern !== '' && parseEndpointPattern(pattern).ok);
}

export interface KnownEndpoint {
  readonly method: string;
  readonly endpoint: string;
  readonly requests: number;
}

export interface Coverage {
  /** For each pattern in order: the known endpoints it covers; `null` for a pattern that is not valid. */
  readonly perPattern: readonly (readonly KnownEndpoint[] | null)[];
  /** Known endpoints that no pattern covers. */
  readonly refused: readonly KnownEndpoint[];
}

/** Which endpoints of the recent traffic each pattern would let through. */
export function coverageOf(patterns: readonly string[], known: readonly KnownEndpoint[]): Coverage {
  const perPattern = patterns.map((pattern) => {
    if (pattern === '' || !parseEndpointPattern(pattern).ok) return null;
    const matcher = compileEndpointPatterns([pattern]);
    return known.filter(({ method, endpoint }) => matcher.allows(method, endpoint));
  });
  const all = compileEndpointPatterns(validPatterns(patterns));
  return { perPattern, refused: known.filter(({ method, endpoint }) => !all.allows(method, endpoint)) };
}
