import { OperationError } from '@latchkey/core';

/** The last row of a page: its time in microseconds since 1970 and its id, both as decimal text. */
export interface RequestCursor {
  readonly atUs: string;
  readonly id: string;
}

export function formatCursor({ atUs, id }: RequestCursor): string {
  return Buffer.from(`${atUs}.${id}`).toString('base64url');
}

/** `VALIDATION_ERROR` for anything that `formatCursor` did not make. */
export function parseCursor(text: string): RequestCursor {
  const plain = /^[A-Za-z0-9_-]{1,64}$/.test(text) ? Buffer.from(text, 'base64url').toString('latin1') : '';
  const [, atUs, id] = /^(\d{1,16})\.(\d{1,18})$/.exec(plain) ?? [];
  if (atUs !== undefined && id !== undefined) return { atUs, id };
  const message = 'The cursor is not one that an earlier page gave. Start again without it.';
  throw new OperationError('VALIDATION_ERROR', 'Invalid input', [{ path: 'cursor', message }]);
}
