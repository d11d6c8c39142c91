/** A parsed endpoint pattern: optional methods, then a path with `*` wildcards (contract §4). */
export interface EndpointPattern {
  readonly text: string;
  /** Upper-case methods; `null`: any. */
  readonly methods: readonly string[] | null;
  readonly path: string;
}

export type EndpointPatternResult =
  | { readonly ok: true; readonly pattern: EndpointPattern }
  | { readonly ok: false; readonly message: string };

/** Patterns of one token, compiled. */
export interface EndpointMatcher {
  /** The text of the first pattern that matches; `''` where there are no patterns (everything is allowed); `null`: refused. */
  find(method: string, path: string): string | null;
  allows(method: string, path: string): boolean;
}

export declare function parseEndpointPattern(text: string): EndpointPatternResult;
export declare function compileEndpointPatterns(patterns: readonly string[] | null): EndpointMatcher;
