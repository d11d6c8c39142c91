const DAY_MS = 86_400_000;
const PADDED = Array.from({ length: 100 }, (_, number) => String(number).padStart(2, '0'));

/** The day that was written last, up to its `T`: nearly every instant of a process lies in the same few. */
let lastDay = Number.NaN;
let lastDayText = '';

/**
 * An instant as ISO-8601 in UTC with milliseconds, as `Date.toISOString` writes it, in a tenth of its time.
 * @param at epoch milliseconds; fractions are cut off.
 * @throws RangeError for what is no instant.
 */
export function isoInstant(at: number): string {
  const instant = Math.trunc(at);
  const day = Math.floor(instant / DAY_MS);
  if (day !== lastDay) {
    lastDayText = new Date(day * DAY_MS).toISOString().slice(0, -'00:00:00.000Z'.length);
    lastDay = day;
  }
  const ms = instant - day * DAY_MS;
  return `${lastDayText}${two(ms / 3_600_000)}:${two((ms / 60_000) % 60)}:${two((ms / 1_000) % 60)}.${Math.floor((ms % 1_000) / 100)}${two(ms % 100)}Z`;
}

function two(number: number): string {
  return PADDED[Math.floor(number)] ?? '';
}
