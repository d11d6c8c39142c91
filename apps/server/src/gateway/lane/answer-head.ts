import { STATUS_CODES } from 'node:http';
import { isGuardHeader } from '@latchkey/bearer-auth/own-exchange';
import { FRONT_TIMEOUTS } from '../../http/create-strict-server.ts';

const KEPT = `Connection: keep-alive\r\nKeep-Alive: timeout=${FRONT_TIMEOUTS.keepAliveMs / 1_000}\r\n`;
const CLOSED = 'Connection: close\r\n';

/** What the head of an answer is made of. */
export interface AnswerHead {
  readonly status: number;
  /** The guard's own lines, each with its line break. */
  readonly ownLines: string;
  /** Names and values in turn; those that the guard writes itself are left out where there are `ownLines`. */
  readonly headers: readonly string[];
  readonly isChunked: boolean;
  readonly isLast: boolean;
}

/** The head of an answer, as Node's server writes it. */
export function writeAnswerHead({ status, ownLines, headers, isChunked, isLast }: AnswerHead): string {
  let lines = `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? 'unknown'}\r\n${ownLines}`;
  let isDated = false;
  for (let index = 0; index < headers.length; index += 2) {
    const name = headers[index] ?? '';
    if (ownLines !== '' && isGuardHeader(name)) continue;
    if (name.length === 4 && name.toLowerCase() === 'date') isDated = true;
    lines += `${name}: ${headers[index + 1]}\r\n`;
  }
  if (!isDated) lines += dateLine();
  if (isChunked) lines += 'Transfer-Encoding: chunked\r\n';
  return `${lines}${isLast ? CLOSED : KEPT}\r\n`;
}

let datedSecond = 0;
let dated = '';

/** Made once a second. */
function dateLine(): string {
  const now = Date.now();
  const second = Math.floor(now / 1_000);
  if (second !== datedSecond) {
    datedSecond = second;
    dated = `Date: ${new Date(now).toUTCString()}\r\n`;
  }
  return dated;
}
