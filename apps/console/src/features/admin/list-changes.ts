export interface FieldChange {
  field: string;
  before: string;
  after: string;
}

type Values = Readonly<Record<string, unknown>> | null;

/** Each field that one of the two sides names, as text. `—`: not set. */
export function listChanges(before: Values, after: Values): FieldChange[] {
  const fields = new Set([...Object.keys(before ?? {}), ...Object.keys(after ?? {})]);
  return [...fields].map((field) => ({ field: nameField(field), before: describe(before?.[field]), after: describe(after?.[field]) }));
}

/** `rateLimitWindowMs` and `rate_limit_window_ms` → `Rate limit window ms`. */
function nameField(field: string): string {
  const words = field
    .replaceAll('_', ' ')
    .replace(/([a-z0-9])([A-Z])/g, '$1 $2')
    .toLowerCase();
  return words.charAt(0).toUpperCase() + words.slice(1);
}

function describe(value: unknown): string {
  if (value === null || value === undefined || value === '') return '—';
  if (typeof value === 'boolean') return value ? 'yes' : 'no';
  if (Array.isArray(value)) return value.length === 0 ? '—' : value.map(describe).join('\n');
  return typeof value === 'object' ? JSON.stringify(value, null, 2) : String(value);
}
