import { createHash, randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Database, openDatabase } from '../open-database.ts';
import { createTestDatabase, type TestDatabase } from '../testing/index.ts';
import { ada, newToken } from '../testing/new-token.ts';

let testDatabase: TestDatabase;
let database: Database;

beforeAll(async () => {
  testDatabase = await createTestDatabase();
  database = await openDatabase({ url: testDatabase.url });
});
afterAll(async () => {
  await database.close();
  await testDatabase.drop();
});

const source = () => database.tokenSource;
const kinds = async () => source().imported?.kinds();
/** Whether it has to ask the database. What that answers is nobody's business then, an error of a busy database neither. */
const isAsking = () => {
  const answer = source().imported?.kinds();
  if (answer instanceof Promise) answer.catch(() => undefined);
  return answer instanceof Promise;
};
const foreign = { prefix: '', secretVersion: 0, foreignText: true } as const;
const bcrypt = (text: string) => new TextEncoder().encode(`$2b$04$${text.padEnd(53, 'x')}`);

describe('what was imported', () => {
  test('is known without asking again while nothing changes, and is right after every change', async () => {
    const end = source().subscribe(() => undefined);
    await expect.poll(() => source().imported?.kinds()).toEqual({ foreign: false, sha256: false, bcrypt: false });
    await expect.poll(isAsking).toBe(false);
    await database.tokens.create(newToken({ ...foreign, digestAlgorithm: 'sha256' }), ada);
    await expect.poll(kinds).toEqual({ foreign: true, sha256: true, bcrypt: false });
    await database.tokens.create(
      newToken({ ...foreign, digestAlgorithm: 'bcrypt', digest: bcrypt('a'), start: 'abc', last4: '1234' }),
      ada,
    );
    await expect.poll(kinds).toEqual({ foreign: true, sha256: true, bcrypt: true });
    end();
  });

  test('is found in the table where nobody listens', async () => {
    const other = await openDatabase({ url: testDatabase.url });
    expect(await other.tokenSource.imported?.kinds()).toMatchObject({ foreign: true });
    const again = other.tokenSource.imported?.kinds();
    expect(again).toBeInstanceOf(Promise);
    expect(await again).toMatchObject({ foreign: true });
    await other.close();
  });

  test('as bcrypt is found by the end of a text and what is known of its beginning', async () => {
    for (const [start, digest] of [
      ['', 'b'],
      ['gh_', 'c'],
      ['other', 'd'],
    ] as const) {
      await database.tokens.create(newToken({ ...foreign, digestAlgorithm: 'bcrypt', digest: bcrypt(digest), start, last4: 'tail' }), ada);
    }
    const found = await source().imported?.findBcrypt({ starts: ['', 'g', 'gh', 'gh_', 'gh_1'], last4: 'tail' });
    expect(found?.map(({ hash, record }) => [hash.charAt(7), record.name])).toEqual([
      ['b', 'CI deploy'],
      ['c', 'CI deploy'],
    ]);
    expect(await source().imported?.findBcrypt({ starts: ['', 'gh_'], last4: 'none' })).toEqual([]);
  });

  test('as bcrypt is refused where too many look alike to find one more', async () => {
    for (let n = 0; n < 20; n += 1) {
      const fields = { ...foreign, digestAlgorithm: 'bcrypt', digest: bcrypt(`same${n}`), start: '', last4: 'same' } as const;
      await database.tokens.create(newToken(fields), ada);
    }
    await expect(database.secrets.refuseCrowdedHints({ start: 'any', last4: 'same' })).rejects.toMatchObject({ code: 'VALIDATION_ERROR' });
    await expect(database.secrets.refuseCrowdedHints({ start: 'any', last4: 'else' })).resolves.toBeUndefined();
  });
});

describe('a digest made anew', () => {
  const newest = () => ({ algorithm: 'hmac-sha256', secretVersion: 2, digest: randomBytes(32) }) as const;
  const find = (algorithm: 'hmac-sha256' | 'sha256', secretVersion: number, digest: Uint8Array) =>
    source().findByDigest([{ algorithm, secretVersion, digest }]);

  test('finds the token, as the old one does for replicas that do not know the newest secret', async () => {
    const token = newToken();
    const { id } = await database.tokens.create(token, ada);
    const before = await find('hmac-sha256', 1, token.digest);
    const to = newest();
    source().rehash?.(before?.secretId ?? 0, 1, to);
    await expect.poll(async () => (await find('hmac-sha256', 2, to.digest))?.id).toBe(id);
    expect(await find('hmac-sha256', 1, token.digest)).toMatchObject({ id, secretVersion: 2, version: before?.version });
    expect(await database.secrets.count()).toContainEqual({ algorithm: 'hmac-sha256', version: 2, secrets: expect.any(Number) });
  });

  test('is left as it is where somebody else made it anew first', async () => {
    const token = newToken({ secretVersion: 3 });
    await database.tokens.create(token, ada);
    const before = await find('hmac-sha256', 3, token.digest);
    const late = newest();
    source().rehash?.(before?.secretId ?? 0, 1, late);
    const other = newToken();
    await database.tokens.create(other, ada);
    const to = newest();
    source().rehash?.((await find('hmac-sha256', 1, other.digest))?.secretId ?? 0, 1, to);
    await expect.poll(async () => (await find('hmac-sha256', 2, to.digest)) !== null).toBe(true);
    expect(await find('hmac-sha256', 2, late.digest)).toBeNull();
  });

  test('of an import leaves no way to find it by its SHA-256 after a day', async () => {
    const text = 'a token of another system';
    const digest = createHash('sha256').update(text).digest();
    await database.tokens.create(newToken({ ...foreign, digestAlgorithm: 'sha256', digest }), ada);
    const to = newest();
    source().rehash?.((await find('sha256', 0, digest))?.secretId ?? 0, 0, to);
    await expect.poll(async () => (await find('hmac-sha256', 2, to.digest)) !== null).toBe(true);
    const later = await openDatabase({ url: testDatabase.url, now: () => Date.now() + 86_400_001 });
    await later.secrets.endQuiet();
    await later.close();
    expect(await find('sha256', 0, digest)).toBeNull();
    expect(await find('hmac-sha256', 2, to.digest)).not.toBeNull();
  });
});
