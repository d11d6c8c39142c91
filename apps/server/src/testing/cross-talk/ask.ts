import { type Agent, request } from 'node:http';
import type { GatewayAddress } from './gateway-process.ts';
import { bodyOf, type Mood } from './mood.ts';

export interface Question {
  readonly nonce: string;
  readonly mood: Mood;
  readonly method: 'GET' | 'POST';
  /** How often the nonce comes in the body. */
  readonly times: number;
  /** `null`: waits for the end. */
  readonly abortAfterMs: number | null;
}

/**
 * `own`: whole and its own. `part`: broken off, and its own as far as it came. `refused`: 502. `none`: nothing came. `foreign`: something that
 * is not its own.
 */
export type Outcome = 'own' | 'part' | 'refused' | 'none' | 'foreign';

const UPLOAD = Buffer.alloc(100_000, 'u');

/** Asks the gateway, and looks whose answer comes back. */
export function ask({ url, token }: GatewayAddress, agent: Agent, question: Question): Promise<Outcome> {
  const { nonce, mood, method, times, abortAfterMs } = question;
  return new Promise((resolve) => {
    const headers = { authorization: `Bearer ${token}`, ...(method === 'POST' && { 'content-length': UPLOAD.length }) };
    const outgoing = request(`${url}/${nonce}/${mood}/${times}`, { agent, method, headers });
    if (abortAfterMs !== null) setTimeout(() => outgoing.destroy(), abortAfterMs);
    outgoing.on('error', () => resolve('none'));
    outgoing.on('response', (answer) => {
      let body = '';
      answer.setEncoding('latin1').on('data', (part: string) => {
        body += part;
      });
      answer.on('error', () => {});
      answer.on('close', () => {
        if (answer.statusCode === 502) resolve('refused');
        else if (answer.headers['x-nonce'] !== nonce) resolve('foreign');
        else resolve(judgeBody(body, bodyOf(nonce, times), answer.complete));
      });
    });
    outgoing.end(method === 'POST' ? UPLOAD : undefined);
  });
}

function judgeBody(body: string, own: string, isComplete: boolean): Outcome {
  if (!own.startsWith(body)) return 'foreign';
  return isComplete && body.length === own.length ? 'own' : 'part';
}
