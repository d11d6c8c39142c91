import type { IncomingMessage, ServerResponse } from 'node:http';

/** What an upstream does with a request, told by the request itself. */
export type Mood = (typeof GOOD_MOODS)[number] | (typeof BAD_MOODS)[number];

/** The answer is right; it must arrive. */
export const GOOD_MOODS = ['length', 'chunked', 'dribble', 'hints', 'until-close', 'closing'] as const;
/** The answer is wrong, or none; what arrives of it must be its own. */
export const BAD_MOODS = [
  'reset',
  'cut',
  'second-answer',
  'too-short',
  'too-long',
  'flood',
  'huge-head',
  'bad-chunk',
  'two-lengths',
  'half-close',
  'early',
] as const;

/** The body of an answer: its nonce again and again, so that every piece of it tells whose it is. */
export function bodyOf(nonce: string, times: number): string {
  return `${nonce};`.repeat(times);
}

/** What belongs to nobody. */
const STOLEN = 'HTTP/1.1 200 OK\r\nX-Nonce: stolen\r\nContent-Length: 7\r\n\r\nstolen;';

export function answerInMood(mood: Mood, nonce: string, times: number, req: IncomingMessage, res: ServerResponse): void {
  const body = bodyOf(nonce, times);
  const raw = (text: string, after?: () => void) => void req.socket.write(text, 'latin1', after);
  const head = (fields: string, version = '1.1') => `HTTP/${version} 200 OK\r\nX-Nonce: ${nonce}\r\n${fields}\r\n`;
  const chunk = `${body.length.toString(16)}\r\n${body}\r\n`;
  const moods: Record<Mood, () => void> = {
    length: () => res.writeHead(200, { 'X-Nonce': nonce, 'Content-Length': body.length }).end(body),
    chunked: () => {
      res.writeHead(200, { 'X-Nonce': nonce });
      res.write(body.slice(0, nonce.length));
      res.end(body.slice(nonce.length));
    },
    dribble: () => dribble(res, nonce, body),
    hints: () => {
      res.writeEarlyHints({ link: '</x>; rel=preload' });
      res.writeHead(200, { 'X-Nonce': nonce }).end(body);
    },
    'until-close': () => void req.socket.end(`${head('', '1.0')}${body}`, 'latin1'),
    closing: () => res.writeHead(200, { 'X-Nonce': nonce, Connection: 'close' }).end(body),
    reset: () => void req.socket.resetAndDestroy(),
    cut: () => raw(`${head(`Content-Length: ${body.length + 1}\r\n`)}${body}`, () => req.socket.resetAndDestroy()),
    'second-answer': () => raw(`${head(`Content-Length: ${body.length}\r\n`)}${body}${STOLEN}`),
    'too-short': () => raw(`${head(`Content-Length: ${nonce.length}\r\n`)}${body}stolen`),
    'too-long': () => void req.socket.end(`${head(`Content-Length: ${body.length + 9}\r\n`)}${body}`, 'latin1'),
    flood: () => raw(`HTTP/1.1 103 Early Hints\r\nX-Nonce: stolen\r\n\r\n`.repeat(200)),
    'huge-head': () => raw(head(`X-Long: ${'x'.repeat(200_000)}\r\n`)),
    'bad-chunk': () => raw(`${head('Transfer-Encoding: chunked\r\n')}${chunk}-1\r\nstolen\r\n0\r\n\r\n`),
    'two-lengths': () => raw(`${head(`Content-Length: 1\r\nContent-Length: ${body.length}\r\n`)}${body}`),
    'half-close': () => raw(`${head(`Content-Length: ${body.length}\r\n`)}${body}`, () => req.socket.end()),
    early: () => res.writeHead(200, { 'X-Nonce': nonce, 'Content-Length': body.length }).end(body),
  };
  moods[mood]();
}

/** In pieces that leave one by one. */
function dribble(res: ServerResponse, nonce: string, body: string): void {
  res.writeHead(200, { 'X-Nonce': nonce });
  const step = Math.max(1, Math.ceil(body.length / 5));
  const next = (at: number): void => {
    if (at >= body.length) res.end();
    else res.write(body.slice(at, at + step), () => setImmediate(next, at + step));
  };
  next(0);
}
