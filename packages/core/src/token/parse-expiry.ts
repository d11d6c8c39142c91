const DATE = /^\d{4}-\d{2}-\d{2}$/;
// Years outside of these have no spelling that JavaScript and PostgreSQL share.
const EARLIEST = Date.parse('0001-01-01T00:00:00.000Z');
const LATEST = Date.parse('9999-12-31T23:59:59.999Z');
const DATE_TIME = /^(\d{4}-\d{2}-\d{2})T([01]\d|2[0-3]):[0-5]\d(:[0-5]\d(\.\d{1,9})?)?(Z|[+-]([01]\d|2[0-3]):[0-5]\d)$/;

/**
 * An expiry as people write it: `2026-12-31` (00:00:00.000 UTC of that day, S4-016) or an ISO-8601 date-time with `Z` or an
 * offset. Answers epoch milliseconds, or `null` for anything else, dates that do not exist (`2026-02-30`) and instants outside of
 * the years 1 to 9999 (UTC) included.
 */
export function parseExpiry(text: string): number | null {
  const instant = DATE.test(text) ? `${text}T00:00:00.000Z` : text;
  const day = DATE_TIME.exec(instant)?.[1];
  if (day === undefined || !isRealDate(day)) return null;
  const at = Date.parse(instant);
  return at >= EARLIEST && at <= LATEST ? at : null;
}

function isRealDate(day: string): boolean {
  const at = new Date(`${day}T00:00:00.000Z`);
  return !Number.isNaN(at.getTime()) && at.toISOString().startsWith(day);
}
