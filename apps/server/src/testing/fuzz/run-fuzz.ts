import { createServer } from 'node:http';
import { listen } from '@latchkey/bearer-auth/testing';
import { createTokenText } from '@latchkey/core';
import fc from 'fast-check';
import { anyBrokenRequest, anyCredential, type FuzzTokens, withCredential } from './arbitrary-request.ts';
import { openFrontedGateway } from './open-fronted-gateway.ts';
import { openConnections, type RawAnswer } from './raw-connections.ts';

export interface FuzzOptions {
  /** Requests with a malformed or strange credential. */
  readonly credentials: number;
  /** Requests of which bytes were changed. */
  readonly requests: number;
  readonly connections: number;
  readonly seed: number;
  readonly onProgress?: (done: number) => void;
}

export interface FuzzReport {
  readonly asked: number;
  /** How many answers had each status; 0: the connection ended without one. */
  readonly statuses: Readonly<Record<number, number>>;
  /** What must not be, with the request: a 5xx, a 401 without a challenge, an answer that is none, an admission of what is no token. */
  readonly wrong: readonly string[];
  /** Look-ups that texts with a wrong checksum, or none, caused. */
  readonly lookups: number;
  /** Whether a good request was served afterwards. */
  readonly isAlive: boolean;
}

const BATCH = 2_000;

/** Sends what fast-check makes up to a gateway over real connections, and looks at every answer. */
export async function runFuzz({ credentials, requests, connections, seed, onProgress }: FuzzOptions): Promise<FuzzReport> {
  await using parts = new AsyncDisposableStack();
  const { url, tokens, known } = await openTarget(parts);
  const pool = openConnections(url, connections);
  parts.defer(() => pool.close());
  const statuses: Record<number, number> = {};
  const wrong: string[] = [];
  let asked = 0;

  async function judge(bytes: string, mayPass: boolean, ask: (bytes: string) => Promise<RawAnswer>): Promise<void> {
    const answer = await ask(bytes);
    asked += 1;
    statuses[answer.status] = (statuses[answer.status] ?? 0) + 1;
    const fault = faultOf(answer, mayPass);
    if (fault !== null && wrong.length < 100)
      wrong.push(`${fault}: ${JSON.stringify(bytes.slice(0, 600))} → ${JSON.stringify(answer.head)}`);
  }

  async function run(
    count: number,
    make: (batch: number, batchSeed: number) => string[],
    each: (bytes: string) => Promise<void>,
  ): Promise<void> {
    for (let done = 0; done < count; done += BATCH) {
      await inTurns(make(Math.min(BATCH, count - done), seed + done), connections, each);
      onProgress?.(asked);
    }
  }

  await pool.ask(withCredential(known.good));
  const before = tokens.lookups;
  await run(
    credentials,
    (numRuns, batchSeed) => fc.sample(anyCredential(known), { numRuns, seed: batchSeed }),
    (value) => judge(withCredential(value), isGood(value, known), pool.ask),
  );
  const lookups = tokens.lookups - before;
  await run(
    requests,
    (numRuns, batchSeed) => fc.sample(anyBrokenRequest(known), { numRuns, seed: batchSeed }),
    (bytes) => judge(bytes, bytes.includes(known.good), pool.askOnce),
  );
  // On a new connection: those of the pool have been idle meanwhile, perhaps for longer than the server keeps them.
  const late = openConnections(url, 1);
  parts.defer(() => late.close());
  const last = await late.ask(withCredential(`Bearer ${known.good}`));
  return { asked, statuses, wrong, lookups, isAlive: last.status === 200 };
}

/** A gateway with one token, as the server makes it. */
async function openTarget(parts: AsyncDisposableStack) {
  const upstream = await listen(createServer((req, res) => void req.resume().once('end', () => res.end('served'))));
  parts.defer(() => upstream.close());
  const { url, scene } = await openFrontedGateway(upstream.url, parts);
  const known: FuzzTokens = { good: scene.tokens.issue({ rateLimit: null }), shape: createTokenText('lk_live_') };
  return { url, tokens: scene.tokens, known };
}

/** What is wrong with an answer; `null`: nothing. A connection may be ended without one. */
export function faultOf({ status, head, isWhole }: RawAnswer, mayPass: boolean): string | null {
  if (status !== 0 && !(status >= 200 && status <= 599)) return 'no answer of HTTP/1.1';
  if (status >= 500) return '5xx';
  if (status === 401 && !/\r\nWWW-Authenticate: Bearer realm="/i.test(head)) return '401 without a challenge';
  if (status >= 200 && status < 400 && !mayPass) return 'admitted';
  return isWhole ? null : 'half an answer';
}

/** Whether a value is the good token in one of the forms that the contract allows. */
function isGood(value: string, { good }: FuzzTokens): boolean {
  return new RegExp(`^[ \\t]*(?:bearer +)?${good}[ \\t]*$`, 'i').test(value) && value.includes(good);
}

async function inTurns<Item>(items: readonly Item[], workers: number, each: (item: Item) => Promise<void>): Promise<void> {
  let next = 0;
  const work = async () => {
    while (next < items.length) await each(items[next++] as Item);
  };
  await Promise.all(Array.from({ length: workers }, work));
}
