import { OperationError } from '@latchkey/core';

/**
 * Refuses what is not the name of an IANA zone. Offsets (`+05:30`) are refused too: PostgreSQL reads their sign the other way round.
 */
export function checkTimeZone(timeZone: string): void {
  if (/^[A-Za-z][A-Za-z0-9_+\-/]*$/.test(timeZone) && isKnown(timeZone)) return;
  throw unknownTimeZone(timeZone);
}

export function unknownTimeZone(timeZone: string): OperationError {
  const message = `"${timeZone.slice(0, 64)}" is not a time zone. Use an IANA name such as "Europe/Berlin" or "UTC".`;
  return new OperationError('VALIDATION_ERROR', 'Invalid input', [{ path: 'timeZone', message }]);
}

function isKnown(timeZone: string): boolean {
  try {
    return Intl.DateTimeFormat('en', { timeZone }) !== undefined;
  } catch {
    return false;
  }
}
