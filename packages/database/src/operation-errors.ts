import { OperationError } from '@latchkey/core';

// SQLSTATE classes and codes, PostgreSQL appendix A: connection exceptions, shutting down, too many connections, …
const UNAVAILABLE = /^(080..|57P0[1235]|53300|E[A-Z]{4,})$/;
const TIMED_OUT = '57014';
const NOT_TEXT = new Set(['22021', '22P05']);
const LOST = /connection terminated|timeout exceeded when trying to connect|query read timeout|client has encountered a connection error/i;

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
  const codes = codesOf(error);
  if (codes.some((code) => NOT_TEXT.has(code))) return new OperationError('VALIDATION_ERROR', 'Text must not contain the NUL character.');
  if (codes.includes(TIMED_OUT))
    return new OperationError('TEMPORARILY_UNAVAILABLE', 'The database took too long to answer. Ask for less, or try again.');
  if (codes.some((code) => UNAVAILABLE.test(code)) || (error instanceof Error && LOST.test(error.message))) {
    return new OperationError('TEMPORARILY_UNAVAILABLE', 'The database cannot be reached at the moment. Try again in a few seconds.');
  }
  return error;
}

/** The codes of an error and of what caused it: the unit of work wraps the driver's errors. */
function codesOf(error: unknown): string[] {
  if (!(error instanceof Error)) return [];
  const own = 'code' in error ? [String(error.code)] : [];
  const inner = error instanceof AggregateError ? error.errors : [error.cause];
  return [...own, ...inner.flatMap((cause) => (cause === error ? [] : codesOf(cause)))];
}
