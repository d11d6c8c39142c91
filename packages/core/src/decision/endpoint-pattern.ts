/** A parsed endpoint pattern: optional methods, then a path with `*` wildcards (contract §4). */
export interface EndpointPattern {
  readonly text: string;
  /** Upper-case methods; `null`: any. */
  readonly methods: readonly string[] | null;
  readonly path: string;
}

/** A pattern, or what to change in its text. */
export type EndpointPatternResult =
  | { readonly ok: true; readonly pattern: EndpointPattern }
  | { readonly ok: false; readonly message: string };

/** Patterns of one token, compiled. */
export interface EndpointMatcher {
  /** The text of the first pattern that matches; `''` where there are no patterns (everything is allowed); `null`: refused. */
  find(method: string, path: string): string | null;
  allows(method: string, path: string): boolean;
}

const METHOD = /^[A-Z][A-Z-]{0,31}$/;

/**
 * Reads a pattern as people write it: `/products*`, `GET,HEAD /products*`. Methods may be in any case.
 * A refusal's message says what to change.
 */
export function parseEndpointPattern(text: string): EndpointPatternResult {
  const { methods, path } = splitMethods(text);
  const message = methodsFault(methods) ?? pathFault(path);
  return message === null ? { ok: true, pattern: { text, methods, path } } : { ok: false, message };
}

/**
 * Compiles the patterns of a token, once, when it is loaded. `null` and `[]` allow everything (S4-049). A pattern that can not be parsed
 * matches nothing: rows written by hand never open more than they say.
 *
 * The matcher takes the method in upper case and the percent-decoded path. Its cost is bounded by pattern length × path length, whatever
 * the pattern: there is no backtracking and no regular expression.
 */
export function compileEndpointPatterns(patterns: readonly string[] | null): EndpointMatcher {
  if (patterns === null || patterns.length === 0) return EVERYTHING;
  const key = JSON.stringify(patterns);
  const known = shared.get(key);
  if (known !== undefined) return known;
  const matcher = compile(patterns);
  if (key.length <= MAX_SHARED_LENGTH) share(key, matcher);
  return matcher;
}

const EVERYTHING: EndpointMatcher = { find: () => '', allows: () => true };

/**
 * Tokens with the same list, and most have one of few, share one matcher: it stays in the processor's cache, where one for each token would
 * be read from memory with every request. Bounded, since lists are what administrators write.
 */
const shared = new Map<string, EndpointMatcher>();
const MAX_SHARED = 1_000;
const MAX_SHARED_LENGTH = 2_000;

function share(key: string, matcher: EndpointMatcher): void {
  if (shared.size >= MAX_SHARED) shared.clear();
  shared.set(key, matcher);
}

function compile(patterns: readonly string[]): EndpointMatcher {
  const compiled = patterns.flatMap(compilePattern);
  const find = (method: string, path: string): string | null => {
    for (const pattern of compiled) {
      if ((pattern.methods === null || pattern.methods.includes(method)) && pattern.matches(path)) return pattern.text;
    }
    return null;
  };
  return { find, allows: (method, path) => find(method, path) !== null };
}

function splitMethods(text: string): { methods: string[] | null; path: string } {
  const space = text.indexOf(' ');
  if (space === -1 || text.startsWith('/') || text.startsWith('*')) return { methods: null, path: text };
  const methods = text.slice(0, space).split(',');
  return { methods: methods.map((method) => method.toUpperCase()), path: text.slice(space).trimStart() };
}

function methodsFault(methods: readonly string[] | null): string | null {
  const wrong = methods?.find((method) => !METHOD.test(method));
  if (wrong === undefined) return null;
  return 'Before the path, list HTTP methods separated by commas without spaces, such as "GET,HEAD /products*".';
}

function pathFault(path: string): string | null {
  if (!path.startsWith('/') && path !== '*')
    return 'A pattern must start with "/" (such as "/products*"), or be "*" alone for every endpoint.';
  if (hasControl(path)) return 'A pattern must not contain control characters such as tabs or line breaks.';
  if (path.includes('?') || path.includes('#')) return 'Leave out "?" and "#": a pattern is compared with the path only, without query.';
  if (path.includes('//')) return 'Leave out one "/" of "//": a path with an empty segment is never accepted.';
  return null;
}

function hasControl(text: string): boolean {
  for (let index = 0; index < text.length; index++) {
    const code = text.charCodeAt(index);
    if (code <= 0x1f || (code >= 0x7f && code <= 0x9f)) return true;
  }
  return false;
}

type PathMatcher = (path: string) => boolean;

function compilePattern(text: string): { text: string; methods: readonly string[] | null; matches: PathMatcher }[] {
  const result = parseEndpointPattern(text);
  if (!result.ok) return [];
  const { methods, path } = result.pattern;
  return [{ text, methods, matches: compilePath(path) }];
}

/** Most patterns are a literal or a literal with a `*` at its end; only the others are looked at segment by segment. */
function compilePath(pattern: string): PathMatcher {
  const firstStar = pattern.indexOf('*');
  if (firstStar === -1) return (path) => path === pattern;
  const isOpen = pattern.endsWith('*');
  if (isOpen && firstStar === pattern.length - 1) {
    const prefix = pattern.slice(0, -1);
    return (path) => path.startsWith(prefix);
  }
  return compileSegments(isOpen ? pattern.slice(0, -1) : pattern, isOpen);
}

/** A `*` that does not end the pattern stays inside its segment, so segments are matched pair by pair. */
function compileSegments(pattern: string, isOpen: boolean): PathMatcher {
  const segments = pattern.split('/').map((segment) => segment.split('*'));
  const last = segments.length - 1;
  return (path) => {
    const given = path.split('/');
    if (isOpen ? given.length < segments.length : given.length !== segments.length) return false;
    return segments.every((pieces, index) => matchesSegment(pieces, given[index] ?? '', isOpen && index === last));
  };
}

/**
 * Whether `segment` is `pieces` with one or more characters between neighbours. Taking each piece at its first possible place is enough:
 * an earlier place never leaves less room for the rest. With `asPrefix` anything may follow.
 */
function matchesSegment(pieces: readonly string[], segment: string, asPrefix: boolean): boolean {
  const [first = '', ...rest] = pieces;
  if (!segment.startsWith(first)) return false;
  const tail = asPrefix ? undefined : rest.pop();
  if (!asPrefix && tail === undefined) return segment === first;
  let position = first.length;
  for (const piece of rest) {
    const found = segment.indexOf(piece, position + 1);
    if (found === -1 || position + 1 > segment.length) return false;
    position = found + piece.length;
  }
  return tail === undefined || (segment.length - tail.length >= position + 1 && segment.endsWith(tail));
}
