import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import {
  createGuard,
  createMemoryCounter,
  createQuotaKeeper,
  createTokenDigester,
  createTokenMint,
  type Guard,
} from '@latchkey/bearer-auth';
import { bearer, createMemoryUsageSink } from '@latchkey/bearer-auth/testing';
import { type Database, openDatabase } from '@latchkey/database';
import { createTestDatabase } from '@latchkey/database/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const SPENDER = fileURLToPath(new URL('./testing/spend-until-killed.ts', import.meta.url));
const digester = createTokenDigester({ secrets: ['a token secret of the tests'] });
const mint = createTokenMint(digester);
const ada = { id: 'u1', name: 'Ada', ipAddress: null, userAgent: null };

let test: Awaited<ReturnType<typeof createTestDatabase>>;
let database: Database;
const closing: (() => Promise<void>)[] = [];

beforeAll(async () => {
  test = await createTestDatabase();
  database = await openDatabase({ url: test.url });
});
afterAll(async () => {
  for (const close of closing) await close();
  await database.close();
  await test.drop();
});

async function issue(remaining: number): Promise<{ id: number; text: string }> {
  const text = mint.generate('lk_live_');
  const { digest, algorithm, secretVersion } = mint.digest(text);
  const { id } = await database.tokens.create(
    {
      ...{ name: 'metered', description: null, environment: 'live', prefix: 'lk_live_', start: text.slice(0, 6), last4: text.slice(-4) },
      ...{ digest, digestAlgorithm: algorithm, secretVersion, allowedEndpoints: null, expiresAt: null, remaining },
      ...{ rateLimit: 1_000_000, rateLimitWindowMs: 60_000, rateLimitAlgorithm: 'fixed' },
    },
    ada,
  );
  return { id, text };
}

/** A guard as each process has one: connections, cache and leases of its own. */
async function openGuard(): Promise<Guard> {
  const own = await openDatabase({ url: test.url });
  const quota = createQuotaKeeper({ ledger: own.quotaLedger, now: Date.now });
  const guard = createGuard({ tokens: own.tokenSource, counter: createMemoryCounter(), usage: createMemoryUsageSink(), digester, quota });
  closing.push(async () => {
    await guard.close();
    await quota.close();
    await own.close();
  });
  return guard;
}

async function ask(guard: Guard, text: string): Promise<string> {
  const verdict = await guard.check({ method: 'GET', target: '/products', rawHeaders: bearer(text), ip: null, requestId: 'r' });
  return verdict.kind === 'admit' ? 'admit' : verdict.reason;
}

describe('a quota over several processes', () => {
  it('three guards with many parallel requests let exactly as many pass as were granted', async () => {
    const { id, text } = await issue(500);
    const guards = await Promise.all([openGuard(), openGuard(), openGuard()]);
    const verdicts = await Promise.all(guards.flatMap((guard) => Array.from({ length: 400 }, () => ask(guard, text))));
    expect(verdicts.filter((verdict) => verdict === 'admit')).toHaveLength(500);
    expect(verdicts.filter((verdict) => verdict === 'usage_exceeded')).toHaveLength(700);
    expect(await database.tokens.get(id)).toMatchObject({ remaining: 0 });
  });

  it('is exact at its last unit: one of 100 requests over three guards passes', async () => {
    const { text } = await issue(1);
    const guards = await Promise.all([openGuard(), openGuard(), openGuard()]);
    const verdicts = await Promise.all(Array.from({ length: 100 }, (_, index) => ask(guards[index % 3] as Guard, text)));
    expect(verdicts.filter((verdict) => verdict === 'admit')).toHaveLength(1);
  });

  it('hears what an administrator sets, and drops what was leased before', async () => {
    const { id, text } = await issue(100_000);
    const guard = await openGuard();
    for (let request = 0; request < 200; request++) await ask(guard, text);
    await database.tokens.update(id, { remaining: 3 }, ada);
    await expect.poll(async () => ask(guard, text)).toBe('usage_exceeded');
    const left = await database.tokens.get(id);
    expect(left.remaining).toBe(0);
  });
});

describe('kill -9', () => {
  it('of a process that spends never lets more pass than was granted, and loses no more than its lease', { timeout: 60_000 }, async () => {
    const granted = 20_000;
    const { id } = await issue(granted);
    let passed = 0;
    const lives = 4;
    for (let life = 1; life <= lives; life++) passed += await spendAndKill(id, 1_000 * life);
    const keeper = createQuotaKeeper({ ledger: database.quotaLedger, now: Date.now });
    const quota = { refillAmount: null, refillIntervalMs: null, epoch: 0 };
    while ((await keeper.take(id, quota, 1, Date.now())).outcome === 'taken') passed += 1;
    await keeper.close();
    expect(passed).toBeLessThanOrEqual(granted);
    // Two leases of at most 1,000 units may be under way when a process is killed.
    expect(passed).toBeGreaterThanOrEqual(granted - lives * 2_000);
  });

  /** Units that a child spent before it was killed, after at least `count` of them. */
  async function spendAndKill(tokenId: number, count: number): Promise<number> {
    const child = spawn(process.execPath, [SPENDER, test.url, String(tokenId)], { stdio: ['ignore', 'pipe', 'inherit'] });
    let spent = 0;
    child.stdout.on('data', (chunk: Buffer) => {
      spent += chunk.length;
      if (spent >= count) child.kill('SIGKILL');
    });
    await once(child, 'close');
    expect(child.signalCode).toBe('SIGKILL');
    return spent;
  }
});
