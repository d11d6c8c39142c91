import { OperationError } from '@latchkey/core';
import { codesOf, isDatabaseAway, isTooSlow } from './database-failure.ts';

// SQLSTATE: what PostgreSQL says of a NUL character, by the way it came.
const NOT_TEXT = new Set(['22021', '22P05']);

/** Makes every method of a part fail with an `OperationError` where the failure is one a caller can do something about. */
export function withOperationErrors<Part extends object>(part: Part): Part {
  const methods = Object.entries(part).map(([name, method]) => [
    name,
    async (...args: unknown[]) => {
      try {
        return await method(...args);
      } catch (error) {
        throw toOperationError(error);
      }
    },
  ]);
  return Object.fromEntries(methods);
}

function toOperationError(error: unknown): unknown {
  if (error instanceof OperationError) return error;
  if (codesOf(error).some((code) => NOT_TEXT.has(code))) {
    return new OperationError('VALIDATION_ERROR', 'Text must not contain the NUL character.');
  }
  if (isTooSlow(error)) {
    return new OperationError('TEMPORARILY_UNAVAILABLE', 'The database took too long to answer. Ask for less, or try again.');
  }
  if (isDatabaseAway(error)) {
    return new OperationError('TEMPORARILY_UNAVAILABLE', 'The database cannot be reached at the moment. Try again in a few seconds.');
  }
  return error;
}
