// SQLSTATE codes: PostgreSQL documentation, appendix A. Class 08: connection exceptions; 57P0x: shut down, restarting, dropped, idle too
// long; 53300: too many connections; 57014: statement time-out. Others are of the socket, and texts are the driver's own.
const ENDED = /^(57P0[1-5]|08\w{3}|ECONNRESET|EPIPE)$/;
const ENDED_TEXT = /^Connection terminated|not queryable/i;
const AWAY = /^(080..|57P0[1235]|53300|E[A-Z]{4,}|EAI_AGAIN)$/;
const AWAY_TEXT = /connection terminated|timeout exceeded when trying to connect|query read timeout|not queryable/i;
const TOO_SLOW = '57014';

/** Whether a statement failed because its connection is no more: nothing can be asked over it, not even for a rollback. */
export function isConnectionEnded(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  return ('code' in error && typeof error.code === 'string' && ENDED.test(error.code)) || ENDED_TEXT.test(error.message);
}

/** Whether the database can not be asked at the moment, by anybody: another try may do in a few seconds. */
export function isDatabaseAway(error: unknown): boolean {
  return codesOf(error).some((code) => AWAY.test(code)) || (error instanceof Error && AWAY_TEXT.test(error.message));
}

/** Whether the database gave a statement up because it took too long. */
export function isTooSlow(error: unknown): boolean {
  return codesOf(error).includes(TOO_SLOW);
}

/** The codes of an error and of what caused it: the unit of work wraps the driver's errors. */
export function codesOf(error: unknown): string[] {
  if (!(error instanceof Error)) return [];
  const own = 'code' in error ? [String(error.code)] : [];
  const inner = error instanceof AggregateError ? error.errors : [error.cause];
  return [...own, ...inner.flatMap((cause) => (cause === error ? [] : codesOf(cause)))];
}

/** Asks again, once, where the connection was ended under the question or before it. Only for what may be asked twice. */
export async function askAgain<Answer>(ask: () => Promise<Answer>): Promise<Answer> {
  try {
    return await ask();
  } catch (error) {
    if (isConnectionEnded(error)) return ask();
    throw error;
  }
}
