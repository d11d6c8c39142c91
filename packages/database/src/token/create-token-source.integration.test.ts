import type { TokenChange, TokenDigest } from '@latchkey/core';
import { Client, type Pool } from 'pg';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { createPool } from '../create-pool.ts';
import { silentLogger } from '../database-logger.ts';
import { type Database, openDatabase } from '../open-database.ts';
import { createTcpProxy, type TcpProxy } from '../testing/create-tcp-proxy.ts';
import { createTestDatabase, type TestDatabase } from '../testing/index.ts';
import { ada, newToken } from '../testing/new-token.ts';
import { createTokenSource, type DatabaseTokenSource } from './create-token-source.ts';

let testDatabase: TestDatabase;
let database: Database;
let client: Client;
let proxy: TcpProxy;
let pool: Pool;
let source: DatabaseTokenSource;

beforeAll(async () => {
  testDatabase = await createTestDatabase();
  database = await openDatabase({ url: testDatabase.url });
  client = new Client({ connectionString: testDatabase.url });
  await client.connect();
});
afterAll(async () => {
  await client.end();
  await database.close();
  await testDatabase.drop();
});
beforeEach(async () => {
  proxy = await createTcpProxy(testDatabase.url);
  const waits = { statementTimeoutMs: 300, connectTimeoutMs: 1_000 };
  pool = createPool({ url: proxy.url, name: 'test', max: 2, logger: silentLogger, ...waits });
  source = createTokenSource({ pool, url: proxy.url, logger: silentLogger, heartbeatMs: 50, doubtMs: 200, patienceMs: 2_000 });
});
afterEach(async () => {
  await source.close();
  await proxy.close();
  await pool.end();
});

/** What the source says, one by one. */
function hear(): { next(): Promise<TokenChange>; readonly unheard: TokenChange[]; end(): void } {
  const unheard: TokenChange[] = [];
  let wake: () => void = () => undefined;
  const end = source.subscribe((change) => {
    unheard.push(change);
    wake();
  });
  return {
    unheard,
    end,
    async next() {
      for (;;) {
        const change = unheard.shift();
        if (change) return change;
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      }
    },
  };
}

const hmac = (digest: Uint8Array): TokenDigest => ({ algorithm: 'hmac-sha256', secretVersion: 1, digest });

describe('findByDigest', () => {
  test('answers everything that a decision needs', async () => {
    const token = newToken({ allowedEndpoints: ['GET /a*'], expiresAt: Date.UTC(2030, 0, 1), rateLimit: 7, rateLimitAlgorithm: 'sliding' });
    const { id } = await database.tokens.create(token, ada);
    await client.query(
      `update api_tokens set owner_type = 'user', owner_id = '9', key_type = 'secret', scopes = '{read}', permissions = '{"files": ["read"]}',
        strict = true, not_before = '2020-01-01Z', remaining = 4, refill_amount = 9, refill_interval_ms = 60000, allowed_ips = '{10.0.0.0/8}',
        limits = '[{"name": "burst", "max": 10, "windowMs": 1000, "algorithm": "fixed"}]' where id = $1`,
      [id],
    );
    expect(await source.findByDigest([hmac(token.digest)])).toEqual({
      id,
      version: expect.any(Number),
      name: 'CI deploy',
      configId: 'default',
      ownerType: 'user',
      ownerId: '9',
      keyType: 'secret',
      environment: 'live',
      active: true,
      notBefore: Date.UTC(2020, 0, 1),
      expiresAt: Date.UTC(2030, 0, 1),
      revokedAt: null,
      allowedEndpoints: ['GET /a*'],
      scopes: ['read'],
      trial: null,
      permissions: { files: ['read'] },
      rateLimit: { max: 7, windowMs: 60_000, algorithm: 'sliding' },
      limits: [{ name: 'burst', max: 10, windowMs: 1_000, algorithm: 'fixed' }],
      quota: { refillAmount: 9, refillIntervalMs: 60_000, epoch: 0 },
      allowedIps: ['10.0.0.0/8'],
      strict: true,
      secretId: expect.any(Number),
      secretExpiresAt: null,
      secretVersion: 1,
    });
  });

  test('answers no limit for a token without one, or with it switched off', async () => {
    const [none, off] = [newToken(), newToken()];
    await client.query('update api_tokens set rate_limit_max = null where id = $1', [(await database.tokens.create(none, ada)).id]);
    await database.tokens.update((await database.tokens.create(off, ada)).id, { rateLimitEnabled: false }, ada);
    for (const { digest } of [none, off]) expect(await source.findByDigest([hmac(digest)])).toMatchObject({ rateLimit: null });
  });

  test('finds one of several candidates, made by the same algorithm and secret only', async () => {
    const token = newToken({ secretVersion: 4_294_967_295 });
    const { id } = await database.tokens.create(token, ada);
    const stored: TokenDigest = { algorithm: 'hmac-sha256', secretVersion: 4_294_967_295, digest: token.digest };
    expect(await source.findByDigest([hmac(new Uint8Array(32)), stored])).toMatchObject({ id });
    expect(await source.findByDigest([{ ...stored, secretVersion: 1 }])).toBeNull();
    expect(await source.findByDigest([{ ...stored, algorithm: 'sha256', secretVersion: 0 }])).toBeNull();
    expect(await source.findByDigest([hmac(new Uint8Array(32))])).toBeNull();
    expect(await source.findByDigest([])).toBeNull();
  });

  test('asks again where the connection was ended under the question', async () => {
    // Activity is a snapshot inside of a transaction, so who holds the lock can not look.
    const holder = new Client({ connectionString: testDatabase.url });
    await holder.connect();
    await holder.query('begin; lock table api_tokens');
    const finding = source.findByDigest([hmac(new Uint8Array(32))]);
    await expect
      .poll(
        async () => {
          const { rowCount } = await client.query(`select pg_terminate_backend(pid) from pg_stat_activity
          where datname = current_database() and application_name = 'test' and wait_event_type = 'Lock'`);
          return rowCount;
        },
        { interval: 5 },
      )
      .toBe(1);
    await holder.query('rollback');
    await holder.end();
    await expect(finding).resolves.toBeNull();
  });

  test('rejects when the database does not answer, or not in time', async () => {
    await source.findByDigest([hmac(new Uint8Array(32))]);
    await client.query('begin; lock table api_tokens');
    await expect(source.findByDigest([hmac(new Uint8Array(32))])).rejects.toThrow(/statement timeout/);
    await client.query('rollback');
    proxy.freeze();
    await expect(source.findByDigest([hmac(new Uint8Array(32))])).rejects.toThrow(/timeout/);
    proxy.cut();
    await expect(source.findByDigest([hmac(new Uint8Array(32))])).rejects.toThrow();
    proxy.restore();
    await expect(source.findByDigest([hmac(new Uint8Array(32))])).resolves.toBeNull();
  });

  test('says once why tokens can not be looked up, and when they can again', async () => {
    const said: string[] = [];
    const logger = { info: note, warn: note };
    function note(fields: object, message: string): void {
      said.push(`${message} ${JSON.stringify(fields)}`);
    }
    const talkative = createTokenSource({ pool, url: proxy.url, logger });
    const find = () => talkative.findByDigest([hmac(new Uint8Array(32))]);
    await client.query('alter table api_tokens rename column strict to lenient');
    await expect(find()).rejects.toThrow();
    await expect(find()).rejects.toThrow();
    await client.query('alter table api_tokens rename column lenient to strict');
    await find();
    await find();
    expect(said).toEqual([expect.stringMatching(/can not be looked up.*strict/), expect.stringMatching(/again/)]);
    await talkative.close();
  });
});

describe('changes', () => {
  test('are heard with their version, SQL written by hand included', async () => {
    const heard = hear();
    expect(await heard.next()).toEqual({ kind: 'disconnected' });
    expect(await heard.next()).toEqual({ kind: 'resync' });
    const token = newToken();
    const { id: tokenId } = await database.tokens.create(token, ada);
    expect(await heard.next()).toMatchObject({ kind: 'changed', tokenId });
    await client.query('update api_tokens set active = false where id = $1', [tokenId]);
    const { version } = (await source.findByDigest([hmac(token.digest)])) ?? {};
    expect(await heard.next()).toEqual({ kind: 'changed', tokenId, version });
    await database.tokens.delete(tokenId, ada);
    expect(await heard.next()).toMatchObject({ kind: 'changed', tokenId });
    await client.query('truncate api_tokens cascade');
    expect(await heard.next()).toEqual({ kind: 'resync' });
  });

  test('are told to every listener until it leaves', async () => {
    const [stays, leaves] = [hear(), hear()];
    for (const each of [stays, leaves]) while ((await each.next()).kind !== 'resync');
    leaves.end();
    await database.tokens.create(newToken(), ada);
    expect(await stays.next()).toMatchObject({ kind: 'changed' });
    expect(leaves.unheard).toEqual([]);
  });

  test('that a late listener can hear at once begin without a word', async () => {
    const early = hear();
    while ((await early.next()).kind !== 'resync');
    const late = hear();
    await database.tokens.create(newToken(), ada);
    expect(await late.next()).toMatchObject({ kind: 'changed' });
  });
});

describe('a lost connection', () => {
  const DISCONNECTED = { kind: 'disconnected', silentMs: expect.any(Number) };

  async function listening() {
    const heard = hear();
    while ((await heard.next()).kind !== 'resync');
    return heard;
  }

  test('is told, and resync follows when it is back', async () => {
    const heard = await listening();
    proxy.cut();
    expect(await heard.next()).toEqual(DISCONNECTED);
    proxy.restore();
    expect(await heard.next()).toEqual({ kind: 'resync' });
    const { id } = await database.tokens.create(newToken(), ada);
    expect(await heard.next()).toMatchObject({ kind: 'changed', tokenId: id });
  });

  test('is noticed when nothing says so', async () => {
    const heard = await listening();
    proxy.freeze();
    const frozenAt = performance.now();
    const lost = await heard.next();
    const noticedMs = performance.now() - frozenAt;
    expect(lost).toEqual(DISCONNECTED);
    // Deaf since it was last known to hear, which was before the wire went dead.
    expect(lost).toSatisfy(({ silentMs = 0 }: { silentMs?: number }) => silentMs >= Math.floor(noticedMs) && silentMs < noticedMs + 1_000);
    proxy.restore();
    expect(await heard.next()).toEqual({ kind: 'resync' });
  });

  test('that only was slow lost nothing, and says so', async () => {
    const heard = await listening();
    proxy.stall();
    expect(await heard.next()).toEqual(DISCONNECTED);
    const { id } = await database.tokens.create(newToken(), ada);
    proxy.restore();
    const told = [await heard.next(), await heard.next()];
    expect(told).toContainEqual({ kind: 'resumed' });
    expect(told).toContainEqual({ kind: 'changed', tokenId: id, version: expect.any(Number) });
  });

  test('is told when the server ends it', async () => {
    const heard = await listening();
    await client.query(`select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'latchkey-listener'
      and datname = current_database()`);
    expect(await heard.next()).toEqual(DISCONNECTED);
    expect(await heard.next()).toEqual({ kind: 'resync' });
  });

  test('does not keep close from ending while it tries to connect', async () => {
    proxy.cut();
    const heard = hear();
    expect(await heard.next()).toEqual({ kind: 'disconnected' });
    await source.close();
    expect(heard.unheard).toEqual([]);
  });
});
