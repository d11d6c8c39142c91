/** Members whose keys belong to the user: their contents pass as they are. */
const OPAQUE: ReadonlySet<string> = new Set(['metadata', 'permissions', 'payload']);

/** `rateLimitWindowMs` → `rate_limit_window_ms`, `requests24h` → `requests_24h`, `last4` stays. */
export function toSnakeCase(name: string): string {
  return name.replace(/[A-Z]|\d+(?=[a-z])/g, (part) => `_${part.toLowerCase()}`);
}

/** The inverse of `toSnakeCase`. */
export function toCamelCase(name: string): string {
  return name.replace(/_([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());
}

/** An answer with every member's name in snake_case, at every depth; the contents of `metadata`, `permissions` and `payload` untouched. */
export function snakeCaseKeys(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(snakeCaseKeys);
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, member]) => [toSnakeCase(key), OPAQUE.has(key) ? member : snakeCaseKeys(member)]),
  );
}

/**
 * The members of a request body in the procedure's names, at every depth; the contents of `metadata`, `permissions` and `payload`
 * untouched. Names that are not snake_case are nobody's and drop out (G-18).
 */
export function camelCaseMembers(body: object): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(body)
      .filter(([key]) => key === key.toLowerCase())
      .map(([key, member]) => [toCamelCase(key), OPAQUE.has(key) ? member : camelCaseValue(member)]),
  );
}

function camelCaseValue(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(camelCaseValue);
  return value === null || typeof value !== 'object' ? value : camelCaseMembers(value);
}

/** `allowedEndpoints.0` → `allowed_endpoints.0`. */
export function snakeCasePath(path: string): string {
  return path.split('.').map(toSnakeCase).join('.');
}
