/** What the head of an answer says of it. */
export interface AnswerHead {
  readonly status: number;
  /** `null`: chunked. */
  readonly contentLength: number | null;
}

interface Framing {
  readonly lengths: string[];
  readonly codings: string[];
}

const STRAY_BREAK = /\r(?!\n)|(?<!\r)\n|\0/;

/** Reads a head without the empty line behind it; a text says what is wrong with it. */
export function parseHead(text: string): AnswerHead | string {
  if (STRAY_BREAK.test(text)) return 'a stray line break or NUL in the head';
  const [statusLine = '', ...lines] = text.split('\r\n');
  const status = Number(/^HTTP\/1\.1 ([2-5]\d\d) /.exec(statusLine)?.[1]);
  if (Number.isNaN(status)) return 'a status line that is none';
  if (status === 204 || status === 304) return 'a status without a body';
  const framing = readFraming(lines);
  return framing === null ? 'a header line that is none' : findEnd(status, framing);
}

/** Of all headers only these decide where the answer ends. */
function readFraming(lines: readonly string[]): Framing | null {
  const framing: Framing = { lengths: [], codings: [] };
  for (const line of lines) {
    const colon = line.indexOf(':');
    if (colon <= 0 || line.charCodeAt(0) <= 32 || line.charCodeAt(colon - 1) <= 32) return null;
    if (isNamed(line, colon, 'content-length')) framing.lengths.push(line.slice(colon + 1).trim());
    else if (isNamed(line, colon, 'transfer-encoding')) framing.codings.push(line.slice(colon + 1).trim());
  }
  return framing;
}

function isNamed(line: string, colon: number, name: string): boolean {
  return colon === name.length && line.slice(0, colon).toLowerCase() === name;
}

function findEnd(status: number, { lengths, codings }: Framing): AnswerHead | string {
  const [length, coding] = [lengths[0], codings[0]];
  if (lengths.length + codings.length > 1) return 'two ways to tell where the body ends';
  if (coding !== undefined) return coding.toLowerCase() === 'chunked' ? { status, contentLength: null } : 'an unknown Transfer-Encoding';
  if (length === undefined) return 'no way to tell where the body ends';
  return /^\d{1,8}$/.test(length) ? { status, contentLength: Number(length) } : 'a Content-Length that is none';
}
