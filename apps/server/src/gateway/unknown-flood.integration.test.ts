// Texts that nobody issued, with good checksums, as many at once as a server has room for: those who have a token are let in all the same.
import { createTokenCache, createTokenDigester, createTokenMint, type TokenCache } from '@latchkey/bearer-auth';
import { type Database, openDatabase } from '@latchkey/database';
import { createTestDatabase, type TestDatabase } from '@latchkey/database/testing';
import { afterAll, beforeAll, expect, it } from 'vitest';

const digester = createTokenDigester({ secrets: ['a secret of the flood'] });
const mint = createTokenMint(digester);
const NOBODY = { id: null, name: 'test', ipAddress: null, userAgent: null };

let test: TestDatabase;
let database: Database;
let cache: TokenCache;
beforeAll(async () => {
  test = await createTestDatabase();
  database = await openDatabase({ url: test.url });
  cache = createTokenCache({ source: database.tokenSource, candidates: digester.candidates });
  const listening = Promise.withResolvers<void>();
  const unsubscribe = database.tokenSource.subscribe(({ kind }) => {
    if (kind === 'resync') listening.resolve();
  });
  await listening.promise;
  unsubscribe();
});
afterAll(async () => {
  cache.close();
  await database.close();
  await test.drop();
});

async function issue(): Promise<string> {
  const text = mint.generate('lk_live_');
  const { digest, algorithm, secretVersion } = mint.digest(text);
  const secret = { prefix: 'lk_live_', start: text.slice(0, 6), last4: text.slice(-4), digest, digestAlgorithm: algorithm, secretVersion };
  const limit = { rateLimit: null, rateLimitWindowMs: 60_000, rateLimitAlgorithm: 'fixed' } as const;
  const rest = { name: 'Good', description: null, environment: 'live', allowedEndpoints: null, expiresAt: null };
  await database.tokens.create({ ...secret, ...limit, ...rest }, NOBODY);
  return text;
}

const flood = (count: number) => Array.from({ length: count }, () => mint.generate('lk_live_'));

it('good tokens that are not cached are found in the midst of a flood, and others of the pool are not kept waiting', async () => {
  const good = await Promise.all(Array.from({ length: 50 }, issue));
  // Connections that are made first would be measured otherwise.
  await Promise.all([1, 2, 3, 4].map(() => database.ping()));
  const order: string[] = [];
  const unknown = flood(8_000).map((text) => Promise.resolve(cache.find(text)));
  const found = good.map((text) => Promise.resolve(cache.find(text)));
  const answered = database.ping().then(() => order.push('ping'));
  const ended = Promise.all(unknown).then((records) => {
    order.push('flood');
    return records;
  });
  expect((await Promise.all(found)).every((token) => token !== null)).toBe(true);
  expect((await ended).every((token) => token === null)).toBe(true);
  await answered;
  expect(order).toEqual(['ping', 'flood']);
});

it('one that is flooded with texts it has answered already asks nobody', async () => {
  const texts = flood(200);
  await Promise.all(texts.map((text) => cache.find(text)));
  expect(texts.map((text) => cache.find(text)).every((token) => token === null)).toBe(true);
});

it('more than there is room for are told to try again, and it is over with the flood', async () => {
  const outcomes = await Promise.allSettled(flood(10_500).map((text) => Promise.resolve(cache.find(text))));
  expect(outcomes.filter(({ status }) => status === 'rejected')).toHaveLength(500);
  expect(await cache.find(await issue())).not.toBeNull();
});
