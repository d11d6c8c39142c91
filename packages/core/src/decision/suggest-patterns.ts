import { compileEndpointPatterns, parseEndpointPattern } from './endpoint-pattern.ts';

/** An endpoint that was called: its template and method. */
export interface UsedEndpoint {
  /** `/products/:id` */
  readonly endpoint: string;
  /** Upper case. */
  readonly method: string;
}

/** A path that an endpoint template stands for: `/products/:id` → `/products/1`. */
export function samplePathOf(endpoint: string): string {
  return endpoint
    .split('/')
    .map((segment) => (segment === ':id' ? '1' : segment))
    .join('/');
}

/**
 * The tightest patterns that let all of these endpoints through: one per template with exactly the methods used, `*` for ids, and none that
 * another covers. Where there would be more than `most`, paths are cut – the longest first – until there are not. Templates that no pattern
 * can be written for are left out: compare the answer with what was used before it is relied on.
 */
export function suggestPatterns(used: readonly UsedEndpoint[], most = 100): string[] {
  const usable = used.filter(({ endpoint }) => parseEndpointPattern(patternPathOf(endpoint)).ok);
  for (let depth = deepest(usable) + 1; ; depth--) {
    const patterns = withoutCovered(patternsOf(usable, depth), usable);
    if (patterns.length <= most || depth <= 2) return patterns.slice(0, most);
  }
}

function deepest(used: readonly UsedEndpoint[]): number {
  return used.reduce((most, { endpoint }) => Math.max(most, endpoint.split('/').length), 1);
}

function patternPathOf(endpoint: string, depth = Number.POSITIVE_INFINITY): string {
  const segments = endpoint.split('/').map((segment) => (segment === ':id' ? '*' : segment));
  return segments.length < depth ? segments.join('/') : `${segments.slice(0, depth - 1).join('/')}/*`;
}

function patternsOf(used: readonly UsedEndpoint[], depth: number): string[] {
  const methods = new Map<string, Set<string>>();
  for (const { endpoint, method } of used) {
    const path = patternPathOf(endpoint, depth);
    methods.set(path, (methods.get(path) ?? new Set()).add(method));
  }
  return [...methods].map(([path, names]) => `${[...names].sort().join(',')} ${path}`).sort(byPath);
}

function byPath(a: string, b: string): number {
  const [left, right] = [a.slice(a.indexOf(' ')), b.slice(b.indexOf(' '))];
  return left < right ? -1 : 1;
}

/** Drops, one after the other, what the rest lets through as well. */
function withoutCovered(patterns: readonly string[], used: readonly UsedEndpoint[]): string[] {
  let kept = [...patterns];
  for (const pattern of patterns) {
    const rest = kept.filter((other) => other !== pattern);
    const own = compileEndpointPatterns([pattern]);
    const others = rest.map((other) => compileEndpointPatterns([other]));
    const mine = used.filter(({ endpoint, method }) => own.allows(method, samplePathOf(endpoint)));
    const isCovered = mine.every(({ endpoint, method }) => others.some((other) => other.allows(method, samplePathOf(endpoint))));
    if (isCovered) kept = rest;
  }
  return kept;
}
