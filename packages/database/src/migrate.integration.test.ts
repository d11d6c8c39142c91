import type { MikroORM } from '@mikro-orm/postgresql';
import { Client } from 'pg';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { silentLogger } from './database-logger.ts';
import { migrate, readSchemaDifference } from './migrate.ts';
import { migrations } from './migrations/migrations.ts';
import { openDatabase } from './open-database.ts';
import { withPatientOrm } from './orm.ts';
import { createEmptyDatabase, type TestDatabase } from './testing/index.ts';
import { parseLatency } from './usage/latency-number.ts';

let database: TestDatabase;
let client: Client;
const names = migrations.map(({ name }) => name);

beforeEach(async () => {
  database = await createEmptyDatabase();
  client = new Client({ connectionString: database.url });
  await client.connect();
});
afterEach(async () => {
  await client.end();
  await database.drop();
});

function withOrm<Result>(work: (orm: MikroORM) => Promise<Result>): Promise<Result> {
  return withPatientOrm(database.url, silentLogger, work);
}

describe('an empty database', () => {
  test('gets every migration, and then none', async () => {
    expect(await withOrm((orm) => migrate(orm))).toEqual(names);
    expect(await withOrm((orm) => migrate(orm))).toEqual([]);
  });

  test('started on by three processes at once is migrated by one of them', async () => {
    const databases = await Promise.all([1, 2, 3].map(() => openDatabase({ url: database.url })));
    const applied = await Promise.all(databases.map((each) => each.migrate()));
    await Promise.all(databases.map((each) => each.close()));
    expect(applied.filter((each) => each.length > 0)).toEqual([names]);
  });

  test('ends up as the entities declare it, whatever else lives beside the tables', async () => {
    await client.query('create schema auth create table sessions (id int primary key)');
    await client.query('create table of_somebody_else (id int primary key)');
    expect(await withOrm((orm) => migrate(orm).then(() => readSchemaDifference(orm)))).toBe('');
  });

  test('whose tables were altered by hand shows the difference', async () => {
    await withOrm((orm) => migrate(orm));
    await client.query('alter table api_tokens drop constraint api_tokens_name_check, alter column prefix type text');
    const difference = await withOrm((orm) => readSchemaDifference(orm));
    expect(difference).toContain('api_tokens_name_check');
    expect(difference).toContain('"prefix"');
  });

  test('is left as it was by a migration that fails', async () => {
    await client.query('create table audit_log (id int)');
    await expect(withOrm((orm) => migrate(orm))).rejects.toThrow(/audit_log/);
    const { rows } = await client.query(`select to_regclass('api_tokens') as tokens`);
    expect(rows).toEqual([{ tokens: null }]);
  });
});

describe('a database of an earlier version, with data', () => {
  test.each(names.slice(0, -1))('goes up from %s and keeps its rows', async (earlier) => {
    await withOrm((orm) => migrate(orm, earlier));
    const has = earlier < '0003' ? ', digest, digest_algorithm' : '';
    await client.query(`insert into api_tokens (name, prefix, start, last4${has})
      values ('kept', 'lk_live_', 'lk_liv', 'abcd'${has && `, sha256('kept'), 'sha256'`})`);
    await client.query(`insert into audit_log (at, action, actor_name, target_type, target_id, after)
      values (now(), 'token.create', 'Ada', 'token', '1', '{"name": "kept"}')`);
    expect(await withOrm((orm) => migrate(orm))).toEqual(names.slice(names.indexOf(earlier) + 1));
    const { rows } = await client.query(`select t.name, a.action from api_tokens t join audit_log a on a.target_id = t.id::text`);
    expect(rows).toEqual([{ name: 'kept', action: 'token.create' }]);
    expect(await withOrm((orm) => readSchemaDifference(orm))).toBe('');
  });

  test('has its digests moved out of the tokens, each with its token, whose version stays', async () => {
    await withOrm((orm) => migrate(orm, '0002-usage'));
    await client.query(`insert into api_tokens (name, prefix, start, last4, digest, digest_algorithm, secret_version, created_at, created_by)
      select 'token ' || n, 'lk_live_', 'lk_liv', 'ab' || n, sha256(n::text::bytea), 'hmac-sha256', n, ('2026-01-0' || n)::timestamptz, 'u' || n
      from generate_series(1, 3) n`);
    await withOrm((orm) => migrate(orm));
    const { rows } =
      await client.query(`select t.name, t.version::int as version, s.last4, s.digest = sha256(s.secret_version::text::bytea) as same,
        s.created_by, s.created_at = t.created_at as dated, s.foreign_text as "foreign", s.expires_at, s.superseded_at
      from api_token_secrets s join api_tokens t on t.id = s.token_id order by t.id`);
    const moved = { same: true, dated: true, foreign: false, expires_at: null, superseded_at: null };
    expect(rows).toEqual([1, 2, 3].map((n) => ({ ...moved, name: `token ${n}`, version: n, last4: `ab${n}`, created_by: `u${n}` })));
  });

  test('has its histograms made into one number each, bucket by bucket, and its sums kept', async () => {
    await withOrm((orm) => migrate(orm, '0013-forward-auth'));
    const sums = 'requests, ok, client_errors, rate_limited, server_errors, sum_us, request_bytes, response_bytes, l0, l30, l63';
    const counts = '6, 3, 1, 1, 1, 900, 20, 4000000000, 1, 2, 3';
    const tables = [
      ['usage_token_hour', 'token_id, hour, denied_rate, trial_scope', `7, '2026-01-01 10:00Z', 4, 5`],
      ['usage_token_day_endpoint', 'token_id, day, endpoint, method, last_at', `7, '2026-01-01', '/a', 'GET', '2026-01-01 10:01Z'`],
      ['usage_hour', 'hour', `'2026-01-01 10:00Z'`],
      ['usage_hour_endpoint', 'hour, endpoint, method, last_at', `'2026-01-01 10:00Z', '/a', 'GET', '2026-01-01 10:01Z'`],
      ['usage_day_endpoint', 'day, endpoint, method, last_at', `'2026-01-01', '/a', 'GET', '2026-01-01 10:01Z'`],
    ] as const;
    const rowOf = async (table: string) => (await client.query(`select to_jsonb(t) as row from ${table} t`)).rows.map(({ row }) => row);
    const before = new Map<string, Record<string, unknown>[]>();
    for (const [table, columns, values] of tables) {
      await client.query(`insert into ${table} (${columns}, ${sums}) values (${values}, ${counts})`);
      before.set(table, await rowOf(table));
    }
    await withOrm((orm) => migrate(orm));
    const histogram = Array<number>(64).fill(0).with(0, 1).with(30, 2).with(63, 3);
    for (const [table] of tables) {
      const { rows } = await client.query<{ latency: string }>(`select latency::text from ${table}`);
      expect(
        rows.map(({ latency }) => parseLatency(latency)),
        table,
      ).toEqual([histogram]);
      const [{ latency: _, ...kept } = {}] = await rowOf(table);
      expect(kept, table).toEqual(
        Object.fromEntries(Object.entries(before.get(table)?.[0] ?? {}).filter(([name]) => !/^l\d+$/.test(name))),
      );
    }
  });
});
