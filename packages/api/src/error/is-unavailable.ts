/** Refused, reset, timed out, or PostgreSQL says that it is starting, stopping, full, gone or too slow (classes 08, 53, 57). */
const CODES = /^(ECONNREFUSED|ECONNRESET|EPIPE|ETIMEDOUT|EHOSTUNREACH|ENOTFOUND|EAI_AGAIN|08\w{3}|53\w{3}|57P\d\d|57014)$/;
const TEXTS = /^Connection terminated|timeout exceeded when trying to connect|^Query read timeout|is not queryable$/;
const DEEPEST = 5;

/** Whether something thrown means that the database can not be asked at the moment – not that it was asked wrongly. */
export function isUnavailable(error: unknown): boolean {
  let link = error;
  for (let depth = 0; depth < DEEPEST && link instanceof Error; depth += 1) {
    if ('code' in link && typeof link.code === 'string' && CODES.test(link.code)) return true;
    if (TEXTS.test(link.message)) return true;
    link = link.cause;
  }
  return false;
}
