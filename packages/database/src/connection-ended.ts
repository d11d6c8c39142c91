/** PostgreSQL ended the connection (57P01…05), or the wire did. */
const CODES = /^(57P0[1-5]|08\w{3}|ECONNRESET|EPIPE)$/;
const WORDS = /^Connection terminated|not queryable/;

/** Whether a statement failed because its connection is no more: nothing can be asked over it, not even for a rollback. */
export function isConnectionEnded(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  return ('code' in error && typeof error.code === 'string' && CODES.test(error.code)) || WORDS.test(error.message);
}
