import type { BcryptCandidate, ImportedKinds, TokenDigest, TokenRecord, TokenSource } from '@latchkey/core';
import { aTokenRecord } from '@latchkey/core/testing';
import { afterEach, describe, expect, it } from 'vitest';
import { createBcryptComparer } from './bcrypt-comparer.ts';
import { bcryptHash } from './testing/bcrypt-hash.ts';
import { createMemoryTokenSource } from './testing/memory-token-source.ts';
import { createTextLookup } from './text-lookup.ts';
import { createTokenCache } from './token-cache.ts';
import { createTokenDigester } from './token-digester.ts';
import { createTokenMint } from './token-mint.ts';

const digester = createTokenDigester({ secrets: ['the newest secret of these tests', 'the older secret of these tests'] });
const mint = createTokenMint(digester);
const older = createTokenDigester({ secrets: ['the older secret of these tests'] });
const FOREIGN = 'sk_live_51HxYzKLmnOpQrStUvWx';
const comparer = createBcryptComparer();

afterEach(() => comparer.close());

/** A source of imported secrets that notes what it is asked. */
function importedSource(kinds: ImportedKinds, { stored = null as TokenRecord | null, hashes = [] as BcryptCandidate[] } = {}) {
  const asked: TokenDigest[][] = [];
  const rehashed: [number, number, number][] = [];
  const source: TokenSource = {
    async findByDigest(digests) {
      asked.push([...digests]);
      return stored;
    },
    imported: { kinds: () => kinds, findBcrypt: async ({ last4 }) => (last4 === FOREIGN.slice(-4) ? hashes : []) },
    rehash: (secretId, from, to) => void rehashed.push([secretId, from, to.secretVersion]),
    subscribe: () => () => undefined,
  };
  return { source, asked, rehashed, lookup: createTextLookup({ source, candidates: digester.candidates, comparer }) };
}

const NONE = { foreign: false, sha256: false, bcrypt: false };
const ALL = { foreign: true, sha256: true, bcrypt: true };

describe('a text that is not of our shape', () => {
  it('is refused without a look-up while nothing was imported', async () => {
    const { lookup, asked } = importedSource(NONE);
    expect(lookup.cannotBeToken(FOREIGN)).toBe(true);
    expect(await lookup.find(FOREIGN)).toBeNull();
    expect(asked).toEqual([]);
  });

  it('is looked up by every digest that it could have once something was', async () => {
    const { lookup, asked } = importedSource(ALL);
    expect(lookup.cannotBeToken(FOREIGN)).toBe(false);
    await lookup.find(FOREIGN);
    expect(asked[0]?.map(({ algorithm, secretVersion }) => [algorithm, secretVersion])).toEqual([
      ['hmac-sha256', digester.versions[0]],
      ['hmac-sha256', digester.versions[1]],
      ['sha256', 0],
    ]);
  });

  it('is refused without a look-up all the same where it is a mistyped one of ours', () => {
    const { lookup } = importedSource(ALL);
    const text = mint.generate('lk_live_');
    expect(lookup.cannotBeToken(`${text.slice(0, -1)}${text.endsWith('0') ? '1' : '0'}`)).toBe(true);
  });
});

describe('a digest is made anew', () => {
  it.each([
    ['under an older secret', older.versions[0] ?? 0],
    ['under none, as an import', 0],
  ])('%s', async (_, secretVersion) => {
    const { lookup, rehashed } = importedSource(ALL, { stored: aTokenRecord({ secretId: 9, secretVersion }) });
    await lookup.find(FOREIGN);
    expect(rehashed).toEqual([[9, secretVersion, digester.versions[0]]]);
  });

  it.each([
    ['under the newest', digester.versions[0] ?? 0],
    ['under one that this process does not know: a newer one than it has', 12_345],
  ])('but not %s', async (_, secretVersion) => {
    const { lookup, rehashed } = importedSource(ALL, { stored: aTokenRecord({ secretVersion }) });
    await lookup.find(FOREIGN);
    expect(rehashed).toEqual([]);
  });
});

describe('bcrypt', () => {
  const hashes = [bcryptHash('another text'), bcryptHash(FOREIGN).replace('$2b$', '$2a$')].map((hash, index) => ({
    hash,
    record: aTokenRecord({ id: index + 1, secretVersion: 0 }),
  }));

  it('finds the one hash of a text among those that it could be of', async () => {
    const { lookup } = importedSource(ALL, { hashes });
    expect((await lookup.find(FOREIGN))?.id).toBe(2);
    expect(await lookup.find(`${FOREIGN.slice(0, -5)}x${FOREIGN.slice(-4)}`)).toBeNull();
  });

  it('compares nothing for a flood of texts that end otherwise', async () => {
    const { lookup } = importedSource(ALL, { hashes });
    const before = comparer.compared;
    await Promise.all(Array.from({ length: 2_000 }, (_, n) => lookup.find(`unknown-text-${n}-${n % 7}zz`)));
    expect(comparer.compared).toBe(before);
  });

  it('compares few at a time for a flood of texts that end alike: the others are told to try again, and warm tokens are served meanwhile', async () => {
    const { source } = importedSource(ALL, { hashes: [{ hash: bcryptHash('what nobody sends', 9), record: aTokenRecord() }] });
    const warm = createMemoryTokenSource(mint);
    const bounded = createBcryptComparer({ maxWaiting: 4 });
    const both: TokenSource = { ...source, findByDigest: warm.findByDigest, subscribe: warm.subscribe };
    const cache = createTokenCache({ source: both, candidates: digester.candidates, comparer: bounded });
    const text = warm.issue();
    await cache.find(text);
    const flood = Array.from({ length: 500 }, (_, n) => Promise.resolve(cache.find(`flood-of-texts-${n}-${FOREIGN.slice(-4)}`)));
    const settled = Promise.allSettled(flood);
    await Promise.race(flood.map((one) => one.catch(() => null)));
    expect(cache.find(text)).not.toBeInstanceOf(Promise);
    const outcomes = await settled;
    expect(bounded.compared).toBe(4);
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(4);
    expect(outcomes.filter(({ status }) => status === 'rejected')).toHaveLength(496);
    await bounded.close();
  });

  it('remembers for a while that a text is none of them', async () => {
    const { source } = importedSource(ALL, { hashes });
    const cache = createTokenCache({ source, candidates: digester.candidates, comparer });
    const wrong = `${'w'.repeat(20)}${FOREIGN.slice(-4)}`;
    expect(await cache.find(wrong)).toBeNull();
    const before = comparer.compared;
    expect(cache.find(wrong)).toBeNull();
    expect(comparer.compared).toBe(before);
  });
});
