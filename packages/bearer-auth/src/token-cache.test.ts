import type { LoadedToken, TokenDigest, TokenRecord, TokenSource } from '@latchkey/core';
import { describe, expect, it, vi } from 'vitest';
import { createMemoryTokenSource } from './testing/memory-token-source.ts';
import { createTokenCache, type TokenCacheOptions } from './token-cache.ts';
import { createTokenDigester } from './token-digester.ts';
import { createTokenMint } from './token-mint.ts';

const digester = createTokenDigester({ secrets: ['a secret for the cache tests'] });
const mint = createTokenMint(digester);
const SECOND = 1_000;

function setUp(options: Partial<TokenCacheOptions> = {}) {
  const source = createMemoryTokenSource(mint);
  const clock = { now: 0 };
  const cache = createTokenCache({ source, candidates: digester.candidates, elapsed: () => clock.now, ...options });
  return { source, clock, cache };
}

/** A source whose look-ups wait until the test answers them. */
function slowSource(source: ReturnType<typeof createMemoryTokenSource>) {
  const waiting: (() => void)[] = [];
  const findByDigest = async (candidates: readonly TokenDigest[]): Promise<TokenRecord | null> => {
    // The state is read at once, and reaches the guard late.
    const record = await source.findByDigest(candidates);
    await new Promise<void>((resolve) => waiting.push(resolve));
    return record;
  };
  const slow: TokenSource = { findByDigest, subscribe: source.subscribe };
  const answerNext = async (): Promise<void> => {
    for (let turn = 0; turn < 100 && waiting.length === 0; turn++) await Promise.resolve();
    const answer = waiting.shift();
    if (answer === undefined) throw new Error('No look-up is under way.');
    answer();
  };
  return { slow, answerNext };
}

async function isActive(found: LoadedToken | null | Promise<LoadedToken | null>): Promise<boolean | undefined> {
  return (await found)?.record.active;
}

describe('a warm token', () => {
  it('is found without a promise and without a look-up', async () => {
    const { source, cache } = setUp();
    const text = source.issue();
    const loaded = await cache.find(text);
    expect(cache.find(text)).toBe(loaded);
    expect(source.lookups).toBe(1);
  });

  it('is looked up once, however many ask for it at the same time', async () => {
    const { source, cache } = setUp();
    const text = source.issue();
    const found = await Promise.all(Array.from({ length: 20 }, () => cache.find(text)));
    expect(new Set(found).size).toBe(1);
    expect(source.lookups).toBe(1);
  });

  it('keeps its place before tokens that nobody used', async () => {
    const { source, cache } = setUp({ maxEntries: 3 });
    const texts = [source.issue(), source.issue(), source.issue()];
    for (const text of texts) await cache.find(text);
    expect(cache.find(texts[0] ?? '')).not.toBeInstanceOf(Promise);
    await cache.find(source.issue());
    const before = source.lookups;
    expect(cache.find(texts[0] ?? '')).not.toBeInstanceOf(Promise);
    await cache.find(texts[1] ?? '');
    expect(source.lookups).toBe(before + 1);
    expect(cache.size).toBe(3);
  });
});

describe('two secrets of one token', () => {
  it('are warm side by side', async () => {
    const { source, cache } = setUp();
    const old = source.issue();
    const newer = source.addSecret(1);
    const loaded = [await cache.find(old), await cache.find(newer)];
    expect([cache.find(old), cache.find(newer)]).toEqual(loaded);
    expect(loaded.map((token) => token?.record.secretId)).toEqual([101, 1_001]);
    expect([source.lookups, cache.size]).toEqual([2, 2]);
  });

  it('are both forgotten when the token changes, however one of them came back', async () => {
    const { source, cache } = setUp();
    const old = source.issue();
    const newer = source.addSecret(1);
    await cache.find(old);
    await cache.find(newer);
    source.change(1, { active: false });
    expect(cache.size).toBe(0);
    for (const text of [newer, old]) expect(await isActive(cache.find(text))).toBe(false);
  });

  it('the older state of one goes when a newer state of the other comes in unannounced', async () => {
    const { source, cache } = setUp();
    const old = source.issue();
    const newer = source.addSecret(1);
    await cache.find(old);
    source.changeSilently(1, { active: false });
    await cache.find(newer);
    expect(await isActive(cache.find(old))).toBe(false);
  });

  it('are put out one by one, and leave no key behind', async () => {
    const { source, cache } = setUp({ maxEntries: 2 });
    const old = source.issue();
    const newer = source.addSecret(1);
    for (const text of [old, newer, source.issue(), source.issue()]) await cache.find(text);
    expect(cache.size).toBe(2);
    source.change(1, {});
    source.change(2, {});
    source.change(3, {});
    expect(cache.size).toBe(0);
  });
});

describe('what nobody issued', () => {
  it('is null at once without the shape of a token', () => {
    const { source, cache } = setUp();
    expect(cache.find('nonsense')).toBeNull();
    expect(source.lookups).toBe(0);
  });

  it('is remembered for a few seconds, and forgotten when any token changes', async () => {
    const { source, clock, cache } = setUp();
    const text = mint.generate('lk_live_');
    expect(await cache.find(text)).toBeNull();
    expect(cache.find(text)).toBeNull();
    clock.now += 5 * SECOND;
    expect(await cache.find(text)).toBeNull();
    expect(source.lookups).toBe(2);
    source.issue();
    expect(cache.find(text)).toBeInstanceOf(Promise);
  });
});

describe('a change', () => {
  it('holds with the next request, from the feed or from this process', async () => {
    const { source, cache } = setUp();
    const text = source.issue();
    await cache.find(text);
    source.change(1, { active: false });
    expect(await isActive(cache.find(text))).toBe(false);
    source.changeSilently(1, { active: true });
    cache.invalidate([1]);
    expect(await isActive(cache.find(text))).toBe(true);
  });

  it('of which a slow look-up knows nothing yet is looked up again, also for those who joined it', async () => {
    for (const change of ['feed', 'process', 'resync'] as const) {
      const source = createMemoryTokenSource(mint);
      const { slow, answerNext } = slowSource(source);
      const cache = createTokenCache({ source: slow, candidates: digester.candidates });
      const text = source.issue();
      const early = cache.find(text);
      await Promise.resolve();
      await Promise.resolve();
      if (change === 'feed') source.change(1, { active: false });
      else source.changeSilently(1, { active: false });
      if (change === 'process') cache.invalidate([1]);
      if (change === 'resync') source.announce({ kind: 'resync' });
      const late = cache.find(text);
      await answerNext();
      await answerNext();
      expect([await isActive(early), await isActive(late)]).toEqual([false, false]);
      expect(await isActive(cache.find(text))).toBe(false);
      expect(source.lookups).toBe(2);
    }
  });

  it('never lets a look-up that was answered late with the old state serve anybody, however often it happens', async () => {
    const source = createMemoryTokenSource(mint);
    const { slow, answerNext } = slowSource(source);
    const cache = createTokenCache({ source: slow, candidates: digester.candidates });
    const text = source.issue();
    const early = Promise.resolve(cache.find(text)).then(isActive, () => 'refused');
    const late: Promise<boolean | undefined>[] = [];
    for (let round = 0; round < 4; round++) {
      await Promise.resolve();
      await Promise.resolve();
      // The row was read as it was; what makes it old is heard before it arrives.
      source.change(1, { active: false });
      if (round === 3) late.push(isActive(cache.find(text)));
      await answerNext();
      for (let turn = 0; turn < 10; turn++) await Promise.resolve();
    }
    expect(await early).toBe('refused');
    expect(cache.size).toBe(0);
    await answerNext();
    expect(await Promise.all(late)).toEqual([false]);
    expect(cache.find(text)).not.toBeInstanceOf(Promise);
  });

  it('that a look-up has seen already does not cost another', async () => {
    const source = createMemoryTokenSource(mint);
    const { slow, answerNext } = slowSource(source);
    const cache = createTokenCache({ source: slow, candidates: digester.candidates });
    const text = source.issue({ version: 7 });
    const found = cache.find(text);
    await Promise.resolve();
    source.announce({ kind: 'changed', tokenId: 1, version: 7 });
    await answerNext();
    expect(await isActive(found)).toBe(true);
    expect(source.lookups).toBe(1);
  });

  it('a token made while it was looked up is found by who asks afterwards', async () => {
    const source = createMemoryTokenSource(mint);
    const { slow, answerNext } = slowSource(source);
    const cache = createTokenCache({ source: slow, candidates: digester.candidates });
    const unknown = cache.find(mint.generate('lk_live_'));
    await Promise.resolve();
    await Promise.resolve();
    source.issue();
    await answerNext();
    await answerNext();
    expect(await unknown).toBeNull();
    expect(source.lookups).toBe(2);
  });
});

describe('while changes can not be heard', () => {
  it('a cached token is trusted for maxStaleSeconds, and then only afresh', async () => {
    const { source, clock, cache } = setUp({ maxStaleSeconds: 10 });
    const text = source.issue();
    await cache.find(text);
    clock.now = 1_000 * SECOND;
    source.announce({ kind: 'disconnected' });
    source.failure = new Error('connection refused');
    clock.now += 10 * SECOND;
    expect(cache.find(text)).not.toBeInstanceOf(Promise);
    clock.now += 1;
    await expect(cache.find(text)).rejects.toThrow('connection refused');
    source.failure = null;
    expect(await isActive(cache.find(text))).toBe(true);
    expect(cache.find(text)).not.toBeInstanceOf(Promise);
  });

  it('a strict token is never served from the cache', async () => {
    const { source, cache } = setUp();
    const text = source.issue({ strict: true });
    await cache.find(text);
    expect(cache.find(text)).not.toBeInstanceOf(Promise);
    source.announce({ kind: 'disconnected' });
    expect(await isActive(cache.find(text))).toBe(true);
    expect(cache.find(text)).toBeInstanceOf(Promise);
  });

  it('is counted from when they were last known to be heard', async () => {
    const { source, clock, cache } = setUp({ maxStaleSeconds: 10 });
    const text = source.issue();
    await cache.find(text);
    clock.now = 1_000 * SECOND;
    source.announce({ kind: 'disconnected', silentMs: 4 * SECOND });
    clock.now += 6 * SECOND;
    expect(cache.find(text)).not.toBeInstanceOf(Promise);
    clock.now += 1;
    expect(cache.find(text)).toBeInstanceOf(Promise);
  });

  it('is over without a look-up where nothing was lost', async () => {
    const { source, clock, cache } = setUp({ maxStaleSeconds: 10 });
    const text = source.issue({ strict: true });
    await cache.find(text);
    source.announce({ kind: 'disconnected' });
    expect(cache.find(text)).toBeInstanceOf(Promise);
    source.announce({ kind: 'resumed' });
    clock.now += 1_000 * SECOND;
    expect(cache.find(text)).not.toBeInstanceOf(Promise);
  });

  it('the time of day may be put back as far as one likes', async () => {
    const source = createMemoryTokenSource(mint);
    const cache = createTokenCache({ source, candidates: digester.candidates, maxStaleSeconds: 0.05 });
    const text = source.issue();
    await cache.find(text);
    source.announce({ kind: 'disconnected' });
    expect(cache.find(text)).not.toBeInstanceOf(Promise);
    const now = vi.spyOn(Date, 'now').mockReturnValue(Date.now() - 3_600_000);
    await vi.waitFor(() => expect(cache.find(text)).toBeInstanceOf(Promise));
    now.mockRestore();
  });

  it('and can again, everything is looked up afresh', async () => {
    const { source, cache } = setUp();
    const text = source.issue();
    await cache.find(text);
    source.announce({ kind: 'disconnected' });
    source.changeSilently(1, { active: false });
    expect(await isActive(cache.find(text))).toBe(true);
    source.announce({ kind: 'resync' });
    expect(await isActive(cache.find(text))).toBe(false);
  });
});

it('a failed look-up is not kept', async () => {
  const { source, cache } = setUp();
  const text = source.issue();
  source.failure = new Error('connection refused');
  await expect(cache.find(text)).rejects.toThrow('connection refused');
  source.failure = null;
  expect(await isActive(cache.find(text))).toBe(true);
});

it('listens to nothing after close', async () => {
  const { source, cache } = setUp();
  const text = source.issue();
  await cache.find(text);
  cache.close();
  source.change(1, { active: false });
  expect(await isActive(cache.find(text))).toBe(true);
});
