import { OperationError } from '@latchkey/core';
import type { UsageRange } from '@latchkey/database';

const LONGEST_MS = 366 * 86_400_000;

/** The range of a usage query; `VALIDATION_ERROR` when it is empty, reversed or longer than 366 days. */
export function parseRange(input: { tokenId?: number | undefined; from: string; to: string }): UsageRange {
  const from = Date.parse(input.from);
  const to = Date.parse(input.to);
  if (to <= from) throw invalid('"to" must be later than "from".');
  if (to - from > LONGEST_MS) throw invalid('A range may span at most 366 days.');
  return { tokenId: input.tokenId, from, to };
}

function invalid(message: string): OperationError {
  return new OperationError('VALIDATION_ERROR', 'Invalid input', [{ path: 'to', message }]);
}
