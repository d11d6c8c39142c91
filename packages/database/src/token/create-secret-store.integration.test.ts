import { randomBytes } from 'node:crypto';
import { Client } from 'pg';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type Database, openDatabase } from '../open-database.ts';
import { createTestDatabase, type TestDatabase } from '../testing/index.ts';
import { ada, newToken } from '../testing/new-token.ts';
import { usage } from '../usage/usage-record-fixture.ts';
import type { NewSecret } from './token-store.ts';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const NOON = Date.parse('2026-11-20T12:00:00.000Z');

let testDatabase: TestDatabase;
let database: Database;
let client: Client;
let now = NOON;
let position = 0;

beforeAll(async () => {
  testDatabase = await createTestDatabase();
  database = await openDatabase({ url: testDatabase.url, now: () => now });
  client = new Client({ connectionString: testDatabase.url });
  await client.connect();
});
afterAll(async () => {
  await client.end();
  await database.close();
  await testDatabase.drop();
});
beforeEach(async () => {
  now = NOON;
  await client.query('truncate api_tokens cascade');
});

const create = () => database.tokens.create(newToken(), ada);
const at = (ms: number) => new Date(ms).toISOString();

function aSecret(last4: string): NewSecret {
  return { prefix: 'lk_live_', start: 'lk_liv', last4, digest: randomBytes(32), digestAlgorithm: 'hmac-sha256', secretVersion: 1 };
}

function rotate(id: number, last4: string, overlap: { lengthMs?: number; quietMs?: number | null } = {}) {
  return database.secrets.rotate(
    id,
    { secret: aSecret(last4), viewableText: null, overlap: { lengthMs: DAY, quietMs: null, ...overlap } },
    ada,
  );
}

async function use(tokenId: number, secretId: number, when: string, given: object = {}): Promise<void> {
  const [from, to] = [position === 0 ? null : { segment: 0, offset: position }, { segment: 0, offset: position + 1 }];
  await database.usageStore.ingest('secrets', [usage(tokenId, when, { secretId, ...given })], from, to);
  position += 1;
}

const states = async (id: number) => (await database.secrets.list(id)).map(({ state, last4 }) => `${last4} ${state}`);
const versionOf = async (id: number) => Number((await client.query('select version from api_tokens where id = $1', [id])).rows[0].version);

describe('rotate', () => {
  test('keeps the id, and the old secret works beside the new one until the end of the overlap', async () => {
    const { id } = await create();
    const { token, secrets, ended } = await rotate(id, 'new1');
    expect(token).toMatchObject({ id, last4: 'new1' });
    expect(ended).toEqual([]);
    expect(secrets).toMatchObject([
      { state: 'overlapping', last4: 'wxyz', supersededAt: at(NOON), endsAt: at(NOON + DAY), quietHours: null },
      { state: 'current', last4: 'new1', supersededAt: null, endsAt: null },
    ]);
    now = NOON + DAY - 1;
    expect(await states(id)).toEqual(['wxyz overlapping', 'new1 current']);
    now = NOON + DAY;
    expect(await states(id)).toEqual(['wxyz ended', 'new1 current']);
  });

  test('without an overlap ends the old secret at once', async () => {
    const { id } = await create();
    await rotate(id, 'new1', { lengthMs: 0 });
    expect(await states(id)).toEqual(['wxyz ended', 'new1 current']);
  });

  test('during an overlap leaves two live secrets: the oldest ends, and the answer says so', async () => {
    const { id } = await create();
    const { secrets } = await rotate(id, 'new1');
    now += HOUR;
    expect(await rotate(id, 'new2')).toMatchObject({ ended: [secrets[0]?.id] });
    expect(await states(id)).toEqual(['wxyz ended', 'new1 overlapping', 'new2 current']);
  });

  test('by many at once leaves one current secret and at most two that work', async () => {
    const { id } = await create();
    await Promise.all(Array.from({ length: 8 }, (_, n) => rotate(id, `pa0${n}`)));
    const all = await states(id);
    expect(all.filter((state) => state.endsWith('current'))).toHaveLength(1);
    expect(all.filter((state) => state.endsWith('overlapping'))).toHaveLength(1);
    expect(all).toHaveLength(9);
  });

  test('raises the version of the token, and writes an audit row without any secret', async () => {
    const { id } = await create();
    const before = await versionOf(id);
    await rotate(id, 'new1', { quietMs: 2 * HOUR });
    expect(await versionOf(id)).toBeGreaterThan(before);
    const { entries } = await database.audit.list({ limit: 1, offset: 0, targetId: String(id) });
    expect(entries).toMatchObject([
      {
        action: 'token.rotate',
        actorName: 'Ada',
        before: { last4: 'wxyz' },
        after: { last4: 'new1', overlapUntil: at(NOON + DAY), quietMs: 2 * HOUR },
      },
    ]);
  });

  test('of a revoked, expired or unknown token is refused, and changes nothing', async () => {
    const revoked = await create();
    await database.tokens.revoke(revoked.id, ada);
    await expect(rotate(revoked.id, 'new1')).rejects.toMatchObject({ code: 'CONFLICT' });
    const expired = await database.tokens.create(newToken({ expiresAt: NOON + HOUR }), ada);
    now += HOUR;
    await expect(rotate(expired.id, 'new1')).rejects.toMatchObject({ code: 'CONFLICT' });
    await expect(rotate(expired.id + 1_000, 'new1')).rejects.toMatchObject({ code: 'NOT_FOUND' });
    expect([await states(revoked.id), await states(expired.id)]).toEqual([['wxyz current'], ['wxyz current']]);
  });
});

describe('revoke one secret', () => {
  test('ends the old one of an overlap, for good', async () => {
    const { id } = await create();
    const [old] = (await rotate(id, 'new1')).secrets;
    await database.secrets.revoke(id, old?.id ?? 0, ada);
    expect(await states(id)).toEqual(['wxyz revoked', 'new1 current']);
    await expect(client.query('update api_token_secrets set revoked_at = null where id = $1', [old?.id])).rejects.toThrow(/permanent/);
  });

  test('of the current one makes the one before it current again, without an end', async () => {
    const { id } = await create();
    const current = (await rotate(id, 'new1')).secrets.at(-1);
    const { token, secrets } = await database.secrets.revoke(id, current?.id ?? 0, ada);
    expect(token.last4).toBe('wxyz');
    expect(secrets).toMatchObject([{ state: 'current', endsAt: null, supersededAt: null }, { state: 'revoked' }]);
  });

  test('refuses the last one that works', async () => {
    const { id } = await create();
    const [only] = await database.secrets.list(id);
    await expect(database.secrets.revoke(id, only?.id ?? 0, ada)).rejects.toMatchObject({ code: 'CONFLICT' });
    await rotate(id, 'new1', { lengthMs: 0 });
    const current = (await database.secrets.list(id)).at(-1);
    await expect(database.secrets.revoke(id, current?.id ?? 0, ada)).rejects.toMatchObject({ code: 'CONFLICT' });
  });

  test('knows only the secrets of that token', async () => {
    const [mine, other] = [await create(), await create()];
    const [foreign] = await database.secrets.list(other.id);
    await expect(database.secrets.revoke(mine.id, foreign?.id ?? 0, ada)).rejects.toMatchObject({ code: 'NOT_FOUND' });
    await expect(database.secrets.list(other.id + 1_000)).rejects.toMatchObject({ code: 'NOT_FOUND' });
  });
});

describe('who still uses the old secret', () => {
  test('is in the list of secrets, and marks the token in the list of tokens while the overlap lasts', async () => {
    const { id } = await create();
    await use(id, (await database.secrets.list(id))[0]?.id ?? 0, at(NOON - HOUR));
    const [old, current] = (await rotate(id, 'new1')).secrets;
    const inUse = async () => (await database.tokens.list({ limit: 5, offset: 0, sort: 'id', order: 'asc' })).tokens[0]?.oldSecretInUse;
    expect(await inUse()).toBe(false);
    now = NOON + HOUR;
    await use(id, current?.id ?? 0, at(NOON + 1_000), { ip: '198.51.100.2' });
    await use(id, old?.id ?? 0, at(NOON + 2_000), { ip: '203.0.113.9', userAgent: 'cron/1' });
    expect(await inUse()).toBe(true);
    expect(await database.secrets.list(id)).toMatchObject([
      { lastUsedAt: at(NOON + 2_000), lastIp: '203.0.113.9', lastUserAgent: 'cron/1', requests24h: 2, requests7d: 2, totalRequests: 2 },
      { lastUsedAt: at(NOON + 1_000), lastIp: '198.51.100.2', requests24h: 1, requests7d: 1, totalRequests: 1 },
    ]);
    now = NOON + DAY;
    expect(await inUse()).toBe(false);
  });

  test('counts refused attempts with it as seen, never as used', async () => {
    const { id } = await create();
    const [secret] = await database.secrets.list(id);
    await use(id, secret?.id ?? 0, at(NOON), { outcome: 'KEY_REVOKED', status: 401 });
    expect(await database.secrets.list(id)).toMatchObject([{ lastUsedAt: null, lastSeenAt: at(NOON), totalRequests: 1 }]);
  });

  test('goes with the token', async () => {
    const { id } = await create();
    await use(id, (await database.secrets.list(id))[0]?.id ?? 0, at(NOON));
    await database.tokens.delete(id, ada);
    const { rows } = await client.query(
      `select (select count(*) from usage_secret_hour where token_id = $1) + (select count(*) from usage_secret_total where token_id = $1)
        + (select count(*) from api_token_secrets where token_id = $1) as left`,
      [id],
    );
    expect(rows).toEqual([{ left: '0' }]);
  });
});

describe('a quiet old secret', () => {
  test('ends once it was not used for so long, not before, with an audit row of the system', async () => {
    const { id } = await create();
    const [old] = (await rotate(id, 'new1', { lengthMs: 7 * DAY, quietMs: 2 * HOUR })).secrets;
    await use(id, old?.id ?? 0, at(NOON + HOUR));
    now = NOON + 3 * HOUR - 1;
    expect(await database.secrets.endQuiet()).toEqual([]);
    now = NOON + 3 * HOUR;
    const version = await versionOf(id);
    expect(await database.secrets.endQuiet()).toEqual([id]);
    expect(await states(id)).toEqual(['wxyz ended', 'new1 current']);
    expect(await versionOf(id)).toBeGreaterThan(version);
    expect(await database.secrets.endQuiet()).toEqual([]);
    const { entries } = await database.audit.list({ limit: 1, offset: 0, targetId: String(id) });
    expect(entries).toMatchObject([{ action: 'token.end_overlap', actorId: null, actorName: 'Latchkey', after: { last4: 'wxyz' } }]);
  });

  test('ends once, with one audit row, however many processes look', async () => {
    const { id } = await create();
    await rotate(id, 'new1', { lengthMs: 7 * DAY, quietMs: HOUR });
    now = NOON + HOUR;
    const ended = await Promise.all(Array.from({ length: 6 }, () => database.secrets.endQuiet()));
    expect(ended.flat()).toEqual([id]);
    const { total } = await database.audit.list({ limit: 1, offset: 0, targetId: String(id), action: 'token.end_overlap' });
    expect(total).toBe(1);
  });

  test('ends after seven days whoever uses it', async () => {
    const { id } = await create();
    const [old] = (await rotate(id, 'new1', { lengthMs: 7 * DAY, quietMs: HOUR })).secrets;
    now = NOON + 7 * DAY;
    await use(id, old?.id ?? 0, at(now - 1));
    expect(await states(id)).toEqual(['wxyz ended', 'new1 current']);
  });
});

describe('the version of the token', () => {
  async function changeBy(sql: string): Promise<number> {
    const { id } = await create();
    await rotate(id, 'new1');
    const before = await versionOf(id);
    await client.query(`update api_token_secrets set ${sql} where token_id = $1 and superseded_at is not null`, [id]);
    return (await versionOf(id)) - before;
  }

  test.each([`expires_at = '2026-11-20T13:00:00Z'`, 'revoked_at = now()', `digest = sha256('other')`, `last4 = 'more'`])(
    'rises with SQL by hand: %s',
    async (sql) => {
      expect(await changeBy(sql)).toBeGreaterThan(0);
    },
  );

  test.each([
    'token_id = token_id',
    `digest = sha256('anew'), secret_version = 9, former_digest = digest, former_algorithm = 'hmac-sha256', former_version = 1, rehashed_at = now()`,
  ])('stays with what is no change of the token: %s', async (sql) => {
    expect(await changeBy(sql)).toBe(0);
  });

  test('rises when a secret goes, or comes from outside', async () => {
    const { id } = await create();
    const before = await versionOf(id);
    await client.query('delete from api_token_secrets where token_id = $1', [id]);
    const between = await versionOf(id);
    expect(between).toBeGreaterThan(before);
    await client.query(
      `insert into api_token_secrets (token_id, digest, digest_algorithm, prefix, start, last4) values ($1, sha256('x'), 'hmac-sha256', '', '', '')`,
      [id],
    );
    expect(await versionOf(id)).toBeGreaterThan(between);
  });
});

describe('the table of secrets refuses', () => {
  const insert = async (columns: Record<string, string>) => {
    const { id } = await create();
    const row = {
      token_id: String(id),
      digest: `sha256(gen_random_uuid()::text::bytea)`,
      digest_algorithm: `'hmac-sha256'`,
      prefix: `''`,
      start: `''`,
      last4: `''`,
      superseded_at: 'now()',
      ...columns,
    };
    await client.query(`insert into api_token_secrets (${Object.keys(row)}) values (${Object.values(row)})`);
  };

  test.each<[string, Record<string, string>, string]>([
    ['a second current secret', { superseded_at: 'null' }, 'api_token_secrets_current_index'],
    ['an end without a successor', { superseded_at: 'null', revoked_at: 'now()', expires_at: 'now()' }, 'api_token_secrets_overlap_check'],
    ['a quiet end without a last one', { quiet_after_ms: '3600000' }, 'api_token_secrets_quiet_check'],
    ['an unknown digest algorithm', { digest_algorithm: `'md5'`, foreign_text: 'true' }, 'api_token_secrets_digest_algorithm_check'],
    ['a digest of 31 bytes', { digest: `substr(sha256('x'), 2)` }, 'api_token_secrets_digest_check'],
    ['a bcrypt digest of 32 bytes', { digest_algorithm: `'bcrypt'`, foreign_text: 'true' }, 'api_token_secrets_digest_check'],
    [
      'a keyed plain digest',
      { digest_algorithm: `'sha256'`, foreign_text: 'true', secret_version: '1' },
      'api_token_secrets_secret_version_check',
    ],
    ['half a former digest', { former_digest: `sha256('x')` }, 'api_token_secrets_former_check'],
  ])('%s', async (_, columns, constraint) => {
    await expect(insert(columns)).rejects.toMatchObject({ constraint });
  });

  test('the same digest for two tokens', async () => {
    await insert({ digest: `sha256('same')` });
    await expect(insert({ digest: `sha256('same')` })).rejects.toMatchObject({ constraint: 'api_token_secrets_digest_unique' });
  });
});
