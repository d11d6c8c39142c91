/** Members whose keys belong to the user or to the deployment: their contents pass as they are. */
const OPAQUE: ReadonlySet<string> = new Set(['metadata', 'permissions', 'payload', 'prefixes']);

/** `rateLimitWindowMs` → `rate_limit_window_ms`, `requests24h` → `requests_24h`, `last4` stays. */
export function toSnakeCase(name: string): string {
  return name.replace(/[A-Z]|\d+(?=[a-z])/g, (part) => `_${part.toLowerCase()}`);
}

/** The inverse of `toSnakeCase`. */
export function toCamelCase(name: string): string {
  return name.replace(/_([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());
}

/** An answer with every member's name in snake_case, at every depth; the contents of opaque members untouched. */
export function snakeCaseKeys(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(snakeCaseKeys);
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, member]) => [toSnakeCase(key), OPAQUE.has(key) ? member : snakeCaseKeys(member)]),
  );
}

/**
 * The members of a request body in the procedure's names, as deep as any input goes; the contents of opaque members untouched. Names that are not snake_case are nobody's and drop out (G-18).
 */
export function camelCaseMembers(body: object, depth = 0): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(body)
      .filter(([key]) => key === key.toLowerCase())
      .map(([key, member]) => [toCamelCase(key), OPAQUE.has(key) ? member : camelCaseValue(member, depth + 1)]),
  );
}

/** A body can be nested deeper than the stack is: below this it is nobody's input, and passes as it is. */
const DEEPEST = 16;

function camelCaseValue(value: unknown, depth: number): unknown {
  if (value === null || typeof value !== 'object' || depth > DEEPEST) return value;
  return Array.isArray(value) ? value.map((member) => camelCaseValue(member, depth + 1)) : camelCaseMembers(value, depth);
}

/** `allowedEndpoints.0` → `allowed_endpoints.0`. */
export function snakeCasePath(path: string): string {
  return path.split('.').map(toSnakeCase).join('.');
}
