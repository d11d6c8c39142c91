import { OperationError } from '@latchkey/core';

/** For a token that may be deleted between two looks at it. */
export function nullIfGone(error: unknown): null {
  if (error instanceof OperationError && error.code === 'NOT_FOUND') return null;
  throw error;
}
