const DATE = /^\d{4}-\d{2}-\d{2}$/;
const DATE_TIME = /^(\d{4}-\d{2}-\d{2})T([01]\d|2[0-3]):[0-5]\d(:[0-5]\d(\.\d{1,9})?)?(Z|[+-]([01]\d|2[0-3]):[0-5]\d)$/;

/**
 * An expiry as people write it: `2026-12-31` (00:00:00.000 UTC of that day, S4-016) or an ISO-8601 date-time with `Z` or an
 * offset. Answers epoch milliseconds, or `null` for anything else, dates that do not exist (`2026-02-30`) included.
 */
export function parseExpiry(text: string): number | null {
  if (DATE.test(text)) return isRealDate(text) ? Date.parse(`${text}T00:00:00.000Z`) : null;
  const day = DATE_TIME.exec(text)?.[1];
  if (day === undefined || !isRealDate(day)) return null;
  const at = Date.parse(text);
  return Number.isNaN(at) ? null : at;
}

function isRealDate(day: string): boolean {
  const at = new Date(`${day}T00:00:00.000Z`);
  return !Number.isNaN(at.getTime()) && at.toISOString().startsWith(day);
}
