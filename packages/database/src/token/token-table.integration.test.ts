import { Client } from 'pg';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../testing/index.ts';

let database: TestDatabase;
let client: Client;

beforeAll(async () => {
  database = await createTestDatabase();
  client = new Client({ connectionString: database.url });
  await client.connect();
});
afterAll(async () => {
  await client.end();
  await database.drop();
});
beforeEach(() => client.query('truncate api_tokens cascade'));

const VALID: Record<string, string> = {
  name: `'CI'`,
  prefix: `'lk_live_'`,
  start: `'lk_liv'`,
  last4: `'abcd'`,
};

/** Inserts a valid row with some columns replaced by SQL expressions. */
async function insert(columns: Record<string, string> = {}): Promise<{ id: number; version: number; updated_at: Date }> {
  const row = { ...VALID, ...columns };
  const sql = `insert into api_tokens (${Object.keys(row)}) values (${Object.values(row)}) returning id, version::int, updated_at`;
  const { rows } = await client.query(sql);
  return rows[0];
}

async function stampOf(id: number): Promise<{ version: number; updated_at: Date }> {
  const { rows } = await client.query('select version::int, updated_at from api_tokens where id = $1', [id]);
  return rows[0];
}

describe('the table takes', () => {
  test.each<[string, Record<string, string>]>([
    ['a plain token', {}],
    ['no limit', { rate_limit_max: 'null' }],
    ['the smallest and the largest window', { rate_limit_max: '1', rate_limit_window_ms: '2678400000' }],
    ['an empty list of endpoints', { allowed_endpoints: `'{}'` }],
    ['an expiry in the past', { expires_at: `'2020-01-01Z'` }],
    ['a refilled quota', { remaining: '0', refill_amount: '1', refill_interval_ms: '1' }],
  ])('%s', async (_, columns) => {
    await expect(insert(columns)).resolves.toMatchObject({ id: expect.any(Number) });
  });
});

describe('the table refuses', () => {
  test.each<[string, Record<string, string>, string]>([
    ['a blank name', { name: `E' \\t '` }, 'api_tokens_name_check'],
    ['half an owner', { owner_type: `'user'` }, 'api_tokens_owner_check'],
    ['a limit of 0', { rate_limit_max: '0' }, 'api_tokens_rate_limit_max_check'],
    ['a window under a second', { rate_limit_window_ms: '999' }, 'api_tokens_rate_limit_window_check'],
    ['a window over 31 days', { rate_limit_window_ms: '2678400001' }, 'api_tokens_rate_limit_window_check'],
    ['an unknown limit algorithm', { rate_limit_algorithm: `'leaky'` }, 'api_tokens_rate_limit_algorithm_check'],
    ['an empty pattern', { allowed_endpoints: `array['/a', '']` }, 'api_tokens_allowed_endpoints_check'],
    ['a missing pattern', { allowed_endpoints: `array['/a', null]` }, 'api_tokens_allowed_endpoints_check'],
    ['a missing scope', { scopes: `array[null::text]` }, 'api_tokens_scopes_check'],
    ['permissions that are a list', { permissions: `'[]'` }, 'api_tokens_permissions_check'],
    ['metadata that is a number', { metadata: `'1'` }, 'api_tokens_metadata_check'],
    ['an overdrawn quota', { remaining: '-1' }, 'api_tokens_remaining_check'],
    ['a refill without an interval', { refill_amount: '1' }, 'api_tokens_refill_check'],
    ['an expiry at the end of time', { expires_at: `'infinity'` }, 'api_tokens_times_check'],
  ])('%s', async (_, columns, constraint) => {
    await expect(insert(columns)).rejects.toMatchObject({ constraint });
  });

  test('to take a revocation back', async () => {
    const { id } = await insert({ revoked_at: 'now()' });
    await expect(client.query('update api_tokens set revoked_at = null where id = $1', [id])).rejects.toThrow(/permanent/);
  });
});

describe('the version', () => {
  test('rises over all tokens with every change, and updated_at with it', async () => {
    const first = await insert();
    const second = await insert();
    expect(second.version).toBeGreaterThan(first.version);
    await client.query(`update api_tokens set name = 'renamed' where id = $1`, [first.id]);
    const renamed = await stampOf(first.id);
    expect(renamed.version).toBeGreaterThan(second.version);
    expect(renamed.updated_at.getTime()).toBeGreaterThan(first.updated_at.getTime());
  });

  test.each([
    'last_used_at = now()',
    'remaining = 5',
    'last_refill_at = now()',
    'name = name, active = active',
    `version = 1, updated_at = '2020-01-01Z'`,
  ])('stays, and updated_at with it, on: set %s', async (change) => {
    const { id, ...stamp } = await insert();
    await client.query(`update api_tokens set ${change} where id = $1`, [id]);
    expect(await stampOf(id)).toEqual(stamp);
  });

  test('can not be set by hand', async () => {
    const { id, version } = await insert();
    await client.query(`update api_tokens set name = 'renamed', version = 0 where id = $1`, [id]);
    expect((await stampOf(id)).version).toBeGreaterThan(version);
  });
});

describe('a notification', () => {
  async function heardDuring(work: () => Promise<unknown>): Promise<unknown[]> {
    const heard: unknown[] = [];
    const onNotification = ({ payload }: { payload?: string | undefined }) => heard.push(JSON.parse(payload ?? 'null'));
    client.on('notification', onNotification);
    await client.query('listen latchkey_tokens');
    await work();
    // Delivered before the answer to the next statement of the same connection.
    await client.query('select 1');
    await client.query('unlisten latchkey_tokens');
    client.off('notification', onNotification);
    return heard;
  }

  test('carries id and version of every insert, change and deletion', async () => {
    let id = 0;
    const versions: number[] = [];
    const heard = await heardDuring(async () => {
      const inserted = await insert();
      id = inserted.id;
      versions.push(inserted.version);
      await client.query('update api_tokens set active = false where id = $1', [id]);
      versions.push((await stampOf(id)).version);
      await client.query('delete from api_tokens where id = $1', [id]);
    });
    expect(heard).toEqual([
      { id, version: versions[0] },
      { id, version: versions[1] },
      { id, version: expect.any(Number) },
    ]);
    expect((heard[2] as { version: number }).version).toBeGreaterThan(versions[1] ?? 0);
  });

  test('is not sent for use, nor for what was rolled back', async () => {
    const { id } = await insert();
    const heard = await heardDuring(async () => {
      await client.query('update api_tokens set last_used_at = now(), remaining = 3 where id = $1', [id]);
      await client.query('begin');
      await client.query(`update api_tokens set name = 'never' where id = $1`, [id]);
      await client.query('rollback');
    });
    expect(heard).toEqual([]);
  });

  test('without an id says that every token went', async () => {
    expect(await heardDuring(() => client.query('truncate api_tokens cascade'))).toEqual([{}]);
  });
});
