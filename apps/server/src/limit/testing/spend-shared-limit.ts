// One of several processes that share limits: a guard with a counter of its own, which asks as it is told by its parent.
//   node spend-shared-limit.ts VALKEY_URL atomic|control GATEWAYS TIMEOUT_MS

import { once } from 'node:events';
import { createGuard, createTokenDigester, createTokenMint } from '@latchkey/bearer-auth';
import { bearer, createMemoryTokenSource, createMemoryUsageSink } from '@latchkey/bearer-auth/testing';
import type { Redis } from 'ioredis';
import pino from 'pino';
import { parseValkeyUrl } from '../../config/parse-valkey-url.ts';
import { connectValkey } from '../connect-valkey.ts';
import { createRateCounter } from '../create-counter.ts';
import type { RoundOrder, RoundReport } from './measure-shared-limit.ts';
import { createReadThenIncrement } from './read-then-increment.ts';

const [url = '', kind, gateways, timeoutMs] = process.argv.slice(2);
const logger = pino({ level: 'silent' });
const address = parseValkeyUrl(url);
const digester = createTokenDigester({ secrets: ['a secret of processes that share limits'] });
const tokens = createMemoryTokenSource(createTokenMint(digester));
const atomic = await createRateCounter({ address, logger, liveGateways: () => Number(gateways), timeoutMs: Number(timeoutMs) });
const counter = kind === 'control' ? createReadThenIncrement(await connected()) : atomic.counter;
const guard = createGuard({ tokens, counter, usage: createMemoryUsageSink(), digester });

async function connected(): Promise<Redis> {
  const client = (await connectValkey(address, logger)) as Redis;
  await once(client, 'ready');
  return client;
}

async function passes(text: string): Promise<boolean> {
  const verdict = await guard.check({ method: 'GET', target: '/products', rawHeaders: bearer(text), ip: null, requestId: 'r' });
  if (verdict.kind === 'deny' && verdict.reason !== 'rate_limited') throw new Error(`Refused as ${verdict.reason}.`);
  return verdict.kind === 'admit';
}

async function isShared(): Promise<void> {
  while (kind !== 'control' && atomic.mode() !== 'valkey') await new Promise((resolve) => setTimeout(resolve, 5));
}

/** Keeps `concurrency` requests under way until all are answered. */
async function spend({ tokenId, max, requests, concurrency }: RoundOrder): Promise<RoundReport> {
  await isShared();
  const text = tokens.issue({ id: tokenId, rateLimit: { max, windowMs: 600_000, algorithm: 'fixed' } });
  const waits: number[] = [];
  let [left, passed] = [requests, 0];
  const ask = async () => {
    while (left-- > 0) {
      const since = performance.now();
      if (await passes(text)) passed += 1;
      waits.push(performance.now() - since);
    }
  };
  await Promise.all(Array.from({ length: concurrency }, ask));
  return { passed, longestMs: Math.max(...waits), ...atomic.stats() };
}

process.on('message', (order: RoundOrder) => void spend(order).then((report) => process.send?.(report)));
process.once('disconnect', () => process.exit(0));
await isShared();
process.send?.('ready');
