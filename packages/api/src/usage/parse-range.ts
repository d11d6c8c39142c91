import { OperationError } from '@latchkey/core';
import type { UsageRange } from '@latchkey/database';

const LONGEST_MS = 366 * 86_400_000;
/** No usage lies outside of these, and every database reads the years between them alike. */
const EARLIEST_MS = Date.UTC(1970, 0, 1);
const LATEST_MS = Date.UTC(9999, 0, 1);

/** The range of a usage query; `VALIDATION_ERROR` when it is empty, reversed, longer than 366 days, or not between 1970 and 9999. */
export function parseRange(input: { tokenId?: number | undefined; from: string; to: string }): UsageRange {
  const from = Date.parse(input.from);
  const to = Date.parse(input.to);
  if (to <= from) throw invalid('"to" must be later than "from".');
  if (to - from > LONGEST_MS) throw invalid('A range may span at most 366 days.');
  if (from < EARLIEST_MS || to > LATEST_MS) throw invalid('A range must lie between the years 1970 and 9999.');
  return { tokenId: input.tokenId, from, to };
}

function invalid(message: string): OperationError {
  return new OperationError('VALIDATION_ERROR', 'Invalid input', [{ path: 'to', message }]);
}
