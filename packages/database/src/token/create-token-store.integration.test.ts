import { Client } from 'pg';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { AuditEntry } from '../admin/audit-log.ts';
import { type Database, openDatabase } from '../open-database.ts';
import { createTestDatabase, type TestDatabase } from '../testing/index.ts';
import { ada, newToken } from '../testing/new-token.ts';

const NOW = Date.UTC(2026, 10, 22, 12, 30);

let testDatabase: TestDatabase;
let database: Database;
let client: Client;

beforeAll(async () => {
  testDatabase = await createTestDatabase();
  database = await openDatabase({ url: testDatabase.url, now: () => NOW });
  client = new Client({ connectionString: testDatabase.url });
  await client.connect();
});
afterAll(async () => {
  await client.end();
  await database.close();
  await testDatabase.drop();
});
beforeEach(() => client.query('truncate api_tokens cascade'));

async function entriesOf(id: number): Promise<Pick<AuditEntry, 'action' | 'before' | 'after'>[]> {
  const { entries } = await database.audit.list({ limit: 100, offset: 0, targetType: 'token', targetId: `${id}` });
  return entries.map(({ action, before, after }) => ({ action, before, after })).reverse();
}

/** Audit rows can not be removed, so each test looks at what came after it began. */
async function newEntriesOf(id: number, work: () => Promise<unknown>) {
  const before = (await entriesOf(id)).length;
  await work();
  return (await entriesOf(id)).slice(before);
}

async function versionOf(id: number): Promise<number> {
  const { rows } = await client.query('select version::int from api_tokens where id = $1', [id]);
  return rows[0].version;
}

describe('many at once', () => {
  test('are stored in their order, each with its audit row and its event', async () => {
    const names = Array.from({ length: 120 }, (_, index) => `token ${index}`);
    const ids = await database.tokens.createAll(
      names.map((name) => newToken({ name })),
      ada,
    );
    const { rows } = await client.query('select id, name from api_tokens order by id');
    expect(rows).toEqual(names.map((name, index) => ({ id: ids[index], name })));
    expect(await entriesOf(ids[119] ?? 0)).toMatchObject([{ action: 'token.create', after: { name: 'token 119' } }]);
    const events = await client.query(`select token_id from events where type = 'token.created' and token_id = any($1) order by token_id`, [
      ids,
    ]);
    expect(events.rows.map((row) => row.token_id)).toEqual(ids);
  });

  test('are none where one of them has a secret that is here already', async () => {
    const known = newToken({ name: 'known' });
    await database.tokens.create(known, ada);
    const { digest } = known;
    await expect(database.tokens.createAll([newToken({ name: 'new' }), newToken({ digest })], ada)).rejects.toMatchObject({
      code: 'CONFLICT',
    });
    const { rows } = await client.query('select name from api_tokens');
    expect(rows).toEqual([{ name: 'known' }]);
  });
});

describe('limits, quota and addresses', () => {
  const burst = { name: 'burst', max: 10, windowMs: 1_000, algorithm: 'fixed' } as const;

  test('are stored, shown, and audited when they change', async () => {
    const view = await database.tokens.create(newToken({ limits: [burst], allowedIps: ['10.0.0.0/8'], remaining: 5 }), ada);
    expect(view).toMatchObject({ limits: [burst], allowedIps: ['10.0.0.0/8'], remaining: 5, refillAmount: null, refillInterval: null });
    const entries = await newEntriesOf(view.id, () => database.tokens.update(view.id, { limits: null, allowedIps: null }, ada));
    expect(entries).toEqual([
      {
        action: 'token.update',
        before: { limits: [burst], allowedIps: ['10.0.0.0/8'] },
        after: { limits: [], allowedIps: null },
      },
    ]);
  });

  test('setting the quota ends what was leased, raises the version, and is audited even where the number stays', async () => {
    const { id } = await database.tokens.create(newToken({ remaining: 100 }), ada);
    const grant = await database.quotaLedger.lease(id, { needed: 1, waiting: 40, welcome: 1 }, NOW);
    const version = await versionOf(id);
    const entries = await newEntriesOf(id, () => database.tokens.update(id, { remaining: 60 }, ada));
    expect(entries).toMatchObject([{ action: 'token.update', after: { quotaEpoch: 1 } }]);
    expect(await versionOf(id)).toBeGreaterThan(version);
    await database.quotaLedger.giveBack(id, { units: 40, epoch: grant?.epoch ?? -1, refillAt: null });
    expect(await database.tokens.get(id)).toMatchObject({ remaining: 60 });
  });

  test('a new refill rule counts its interval from when it was set, and clearing it ends the refills', async () => {
    const { id } = await database.tokens.create(newToken({ remaining: 3, createdAt: NOW - 86_400_000 }), ada);
    const set = await database.tokens.update(id, { refillAmount: 10, refillInterval: 60_000 }, ada);
    expect(set).toMatchObject({ remaining: 3, lastRefillAt: new Date(NOW).toISOString() });
    expect(await database.quotaLedger.lease(id, { needed: 1, waiting: 1, welcome: 1 }, NOW)).toMatchObject({ remaining: 2 });
    const cleared = await database.tokens.update(id, { refillAmount: null, refillInterval: null }, ada);
    expect(cleared).toMatchObject({ remaining: 2, refillAmount: null, refillInterval: null, lastRefillAt: null });
  });

  test('the table itself refuses what can not be', async () => {
    const { id } = await database.tokens.create(newToken(), ada);
    for (const set of [
      `limits = '{}'`,
      `allowed_ips = '{null}'`,
      'remaining = -1',
      'refill_amount = 5',
      'refill_amount = 0, refill_interval_ms = 5',
    ]) {
      await expect(client.query(`update api_tokens set ${set} where id = $1`, [id])).rejects.toThrow('check');
    }
  });
});

describe('create', () => {
  test('stores the row and answers it without its digest', async () => {
    const view = await database.tokens.create(
      newToken({ description: 'for the pipeline', allowedEndpoints: ['/products*'], expiresAt: Date.UTC(2026, 11, 31) }),
      ada,
    );
    expect(view).toEqual({
      id: expect.any(Number),
      name: 'CI deploy',
      description: 'for the pipeline',
      active: true,
      status: 'active',
      health: 'never_used',
      keyType: null,
      environment: 'live',
      prefix: 'lk_live_',
      start: 'lk_liv',
      last4: 'wxyz',
      ownerType: null,
      ownerId: null,
      createdBy: 'u1',
      scopes: [],
      permissions: null,
      allowedEndpoints: ['/products*'],
      rateLimit: 100,
      rateLimitWindowMs: 60_000,
      rateLimitAlgorithm: 'fixed',
      rateLimitEnabled: true,
      limits: [],
      allowedIps: null,
      remaining: null,
      refillAmount: null,
      refillInterval: null,
      lastRefillAt: null,
      trial: null,
      quotaEpoch: 0,
      oldSecretInUse: false,
      metadata: null,
      configId: 'default',
      viewable: false,
      notBefore: null,
      expiresAt: '2026-12-31T00:00:00.000Z',
      revokedAt: null,
      lastUsedAt: null,
      createdAt: '2026-11-22T12:30:00.000Z',
      updatedAt: '2026-11-22T12:30:00.000Z',
      requests24h: 0,
      failed24h: 0,
      requests7d: 0,
      totalRequests: 0,
    });
  });

  test('writes an audit row with the settings, the actor and the place', async () => {
    const { id } = await database.tokens.create(newToken(), ada);
    const { entries } = await database.audit.list({ limit: 1, offset: 0 });
    expect(entries[0]).toMatchObject({
      at: '2026-11-22T12:30:00.000Z',
      action: 'token.create',
      targetType: 'token',
      targetId: `${id}`,
      targetName: 'CI deploy',
      actorId: 'u1',
      actorName: 'Ada',
      ipAddress: '203.0.113.7',
      userAgent: 'vitest',
      before: null,
      after: { name: 'CI deploy', rateLimit: 100, expiresAt: null },
    });
  });

  test('stores neither row where the other is refused', async () => {
    const { rows: before } = await client.query('select count(*)::int from audit_log');
    await expect(database.tokens.create(newToken({ rateLimit: 0 }), ada)).rejects.toThrow(/rate_limit_max/);
    const long = { ...ada, id: 'x'.repeat(256) };
    await expect(database.tokens.create(newToken(), long)).rejects.toThrow(/too long/);
    const { rows: after } = await client.query('select count(*)::int from audit_log');
    const { rows: tokens } = await client.query('select count(*)::int from api_tokens');
    expect([after, tokens]).toEqual([before, [{ count: 0 }]]);
  });

  test.each([`'); drop table api_tokens; --`, String.raw`\'; select 1; \x41 ? $1 :name`, 'é 𝕏 "quoted" %_'])(
    'keeps %s as it is',
    async (name) => {
      const token = newToken({ name, description: name, allowedEndpoints: [name] });
      const { id } = await database.tokens.create(token, { ...ada, name, userAgent: name });
      expect(await database.tokens.get(id)).toMatchObject({ name, description: name, allowedEndpoints: [name] });
      await database.tokens.update(id, { description: `${name}${name}` }, ada);
      expect(await database.tokens.get(id)).toMatchObject({ description: `${name}${name}` });
      const { entries } = await database.audit.list({ limit: 1, offset: 1 });
      expect(entries[0]).toMatchObject({ targetName: name, actorName: name, userAgent: name, after: { name } });
    },
  );

  test('refuses text that PostgreSQL can not hold as invalid input', async () => {
    await expect(database.tokens.create(newToken({ name: 'a\0b' }), ada)).rejects.toMatchObject({ code: 'VALIDATION_ERROR' });
    const { id } = await database.tokens.create(newToken(), ada);
    await expect(database.tokens.update(id, { description: '\0' }, ada)).rejects.toMatchObject({ code: 'VALIDATION_ERROR' });
  });

  test('takes a link-local or missing address', async () => {
    await database.tokens.create(newToken(), { ...ada, ipAddress: 'fe80::1%eth0' });
    await database.tokens.create(newToken(), { ...ada, ipAddress: 'unknown' });
    const { entries } = await database.audit.list({ limit: 2, offset: 0 });
    expect(entries.map(({ ipAddress }) => ipAddress)).toEqual([null, 'fe80::1']);
  });
});

describe('update', () => {
  test('changes what the patch names, and the audit row holds only that', async () => {
    const { id } = await database.tokens.create(newToken({ description: 'old', allowedEndpoints: ['/a'] }), ada);
    const version = await versionOf(id);
    const entries = await newEntriesOf(id, async () => {
      const view = await database.tokens.update(id, { name: 'New', description: null, rateLimit: 100, allowedEndpoints: ['/b'] }, ada);
      expect(view).toMatchObject({ name: 'New', description: null, rateLimit: 100, allowedEndpoints: ['/b'], environment: 'live' });
    });
    expect(entries).toEqual([
      {
        action: 'token.update',
        before: { name: 'CI deploy', description: 'old', allowedEndpoints: ['/a'] },
        after: { name: 'New', description: null, allowedEndpoints: ['/b'] },
      },
    ]);
    expect(await versionOf(id)).toBeGreaterThan(version);
  });

  test('that changes nothing leaves no trace', async () => {
    const { id, ...created } = await database.tokens.create(newToken({ expiresAt: NOW + 1_000, allowedEndpoints: ['/a', '/b'] }), ada);
    const version = await versionOf(id);
    const same = { name: created.name, active: true, rateLimit: 100, allowedEndpoints: ['/a', '/b'], expiresAt: NOW + 1_000 };
    const entries = await newEntriesOf(id, () => database.tokens.update(id, same, ada));
    expect(entries).toEqual([]);
    expect(await versionOf(id)).toBe(version);
  });

  test('of the switch is an entry of its own', async () => {
    const { id } = await database.tokens.create(newToken(), ada);
    const entries = await newEntriesOf(id, async () => {
      expect(await database.tokens.update(id, { active: false, rateLimit: 5 }, ada)).toMatchObject({ status: 'disabled', rateLimit: 5 });
      expect(await database.tokens.update(id, { active: true }, ada)).toMatchObject({ status: 'active' });
    });
    expect(entries).toEqual([
      { action: 'token.update', before: { rateLimit: 100 }, after: { rateLimit: 5 } },
      { action: 'token.disable', before: { active: true }, after: { active: false } },
      { action: 'token.enable', before: { active: false }, after: { active: true } },
    ]);
  });

  test('to an expiry in the past ends the token now', async () => {
    const { id } = await database.tokens.create(newToken(), ada);
    expect(await database.tokens.update(id, { expiresAt: NOW }, ada)).toMatchObject({ status: 'expired', health: 'expired' });
    expect(await database.tokens.update(id, { expiresAt: null }, ada)).toMatchObject({ status: 'active', expiresAt: null });
  });
});

describe('revoke', () => {
  test('is permanent, and switches the token off', async () => {
    const { id } = await database.tokens.create(newToken(), ada);
    const entries = await newEntriesOf(id, () => database.tokens.revoke(id, ada));
    const revokedAt = '2026-11-22T12:30:00.000Z';
    expect(entries).toEqual([{ action: 'token.revoke', before: { active: true, revokedAt: null }, after: { active: false, revokedAt } }]);
    expect(await database.tokens.get(id)).toMatchObject({ status: 'revoked', health: 'revoked', active: false, revokedAt });
    await expect(database.tokens.update(id, { active: true }, ada)).rejects.toMatchObject({ code: 'CONFLICT' });
    await expect(database.tokens.update(id, { expiresAt: NOW + 1 }, ada)).rejects.toMatchObject({ code: 'CONFLICT' });
  });

  test('again changes nothing', async () => {
    const { id } = await database.tokens.create(newToken(), ada);
    const first = await database.tokens.revoke(id, ada);
    const entries = await newEntriesOf(id, async () => expect(await database.tokens.revoke(id, ada)).toEqual(first));
    expect(entries).toEqual([]);
  });

  test('leaves the name and the note to be changed', async () => {
    const { id } = await database.tokens.create(newToken(), ada);
    await database.tokens.revoke(id, ada);
    expect(await database.tokens.update(id, { name: 'Leaked in May' }, ada)).toMatchObject({ name: 'Leaked in May', status: 'revoked' });
  });
});

describe('setActive', () => {
  test('switches what can be switched, and says what could not be', async () => {
    const ids: number[] = [];
    for (let n = 0; n < 4; n += 1) ids.push((await database.tokens.create(newToken(), ada)).id);
    const [first = 0, second = 0, revoked = 0, off = 0] = ids;
    await database.tokens.revoke(revoked, ada);
    await database.tokens.update(off, { active: false }, ada);
    const result = await database.tokens.setActive([second, 999, off, revoked, first, second], false, ada);
    expect(result).toEqual({ changed: [first, second], skipped: [999, revoked] });
    expect((await entriesOf(first)).at(-1)).toMatchObject({ action: 'token.disable', before: { active: true }, after: { active: false } });
  });

  test('by many at once in any order neither deadlocks nor logs a switch twice', async () => {
    const ids: number[] = [];
    for (let n = 0; n < 30; n += 1) ids.push((await database.tokens.create(newToken(), ada)).id);
    const start = (await database.audit.list({ limit: 1, offset: 0, action: 'token.disable' })).total;
    const orders = Array.from({ length: 8 }, (_, n) => (n % 2 === 0 ? ids : ids.toReversed()));
    const results = await Promise.all(orders.map((order) => database.tokens.setActive(order, false, ada)));
    expect(results.flatMap(({ changed }) => changed).toSorted((a, b) => a - b)).toEqual(ids);
    expect((await database.audit.list({ limit: 1, offset: 0, action: 'token.disable' })).total - start).toBe(ids.length);
  });
});

const usage = ['api_token_usage', 'usage_token_hour', 'usage_token_day', 'usage_token_day_endpoint', 'usage_token_total'];

describe('delete', () => {
  test('takes the log rows and the rollups with it, and nothing of other tokens', async () => {
    const { id } = await database.tokens.create(newToken(), ada);
    const { id: other } = await database.tokens.create(newToken(), ada);
    await database.usageStore.ingest('test', [request(id), request(id), request(other)], null, { segment: 1, offset: 1 });
    expect(await database.tokens.get(id)).toMatchObject({ totalRequests: 2, requests24h: 2 });
    await database.tokens.delete(id, ada);
    for (const table of usage) {
      const { rows } = await client.query(`select distinct token_id from ${table}`);
      expect(rows, table).toEqual([{ token_id: other }]);
    }
    expect((await entriesOf(id)).at(-1)).toMatchObject({ action: 'token.delete', before: { name: 'CI deploy' }, after: null });
    expect(await database.tokens.get(other)).toMatchObject({ totalRequests: 1 });
  });
});

describe('a deletion in the middle of traffic', () => {
  test('leaves nothing behind, whichever commits first', async () => {
    const { id } = await database.tokens.create(newToken(), ada);
    const batch = Array.from({ length: 50 }, () => request(id));
    const ingests = Array.from({ length: 8 }, (_, n) => database.usageStore.ingest(`race ${n}`, batch, null, { segment: 1, offset: 1 }));
    await Promise.all([...ingests, database.tokens.delete(id, ada)]);
    for (const table of usage) {
      const { rows } = await client.query(`select count(*)::int from ${table} where token_id = $1`, [id]);
      expect(rows, table).toEqual([{ count: 0 }]);
    }
  });
});

describe('a deletion that takes long', () => {
  test('holds up no usage, not even that of the token itself', async () => {
    const { id } = await database.tokens.create(newToken(), ada);
    const { id: other } = await database.tokens.create(newToken(), ada);
    await database.usageStore.ingest('long', [request(id)], null, { segment: 1, offset: 1 });
    const holder = new Client({ connectionString: testDatabase.url });
    await holder.connect();
    await holder.query('begin');
    await holder.query('select from api_token_usage where token_id = $1 for update', [id]);
    const deletion = database.tokens.delete(id, ada);
    await untilOneWaits();
    await database.usageStore.ingest('long', [request(id), request(other)], { segment: 1, offset: 1 }, { segment: 1, offset: 2 });
    expect(await database.tokens.get(other)).toMatchObject({ totalRequests: 1 });
    await holder.end();
    await deletion;
    for (const table of usage) {
      const { rows } = await client.query(`select count(*)::int from ${table} where token_id = $1`, [id]);
      expect(rows, table).toEqual([{ count: 0 }]);
    }
  });

  test('is done once by two at once', async () => {
    const { id } = await database.tokens.create(newToken(), ada);
    await database.usageStore.ingest('twice', [request(id)], null, { segment: 1, offset: 1 });
    const results = await Promise.allSettled([database.tokens.delete(id, ada), database.tokens.delete(id, ada)]);
    expect(results.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
    expect(results.find(({ status }) => status === 'rejected')).toMatchObject({ reason: { code: 'NOT_FOUND' } });
  });

  /** Until somebody waits for a lock in this database. */
  async function untilOneWaits(): Promise<void> {
    const waiting = `select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`;
    await expect.poll(async () => (await client.query(waiting)).rowCount, { interval: 20, timeout: 10_000 }).toBe(1);
  }
});

describe('an unknown id is NOT_FOUND to', () => {
  test.each<[string, (id: number) => Promise<unknown>]>([
    ['get', (id) => database.tokens.get(id)],
    ['update', (id) => database.tokens.update(id, { name: 'x' }, ada)],
    ['revoke', (id) => database.tokens.revoke(id, ada)],
    ['delete', (id) => database.tokens.delete(id, ada)],
    ['readImpact', (id) => database.tokens.readImpact(id)],
  ])('%s', async (_, call) => {
    await expect(call(404)).rejects.toMatchObject({ code: 'NOT_FOUND' });
  });
});

describe('readImpact', () => {
  test('counts the requests and addresses of the last hour', async () => {
    const { id } = await database.tokens.create(newToken(), ada);
    const records = [
      request(id, { at: NOW - 1_000, ip: '203.0.113.1' }),
      request(id, { at: NOW - 2_000, ip: '203.0.113.1' }),
      request(id, { at: NOW - 3_000, ip: '2001:db8::1' }),
      request(id, { at: NOW - 3_700_000, ip: '203.0.113.9' }),
    ];
    await database.usageStore.ingest('impact', records, null, { segment: 1, offset: 1 });
    const lastUsedAt = '2026-11-22T12:29:59.000Z';
    expect(await database.tokens.readImpact(id)).toEqual({ requestsLastHour: 3, addressesLastHour: 2, lastUsedAt });
  });

  test('of a token that nobody used is nothing', async () => {
    const { id } = await database.tokens.create(newToken(), ada);
    expect(await database.tokens.readImpact(id)).toEqual({ requestsLastHour: 0, addressesLastHour: 0, lastUsedAt: null });
  });
});

test('the audit log can not be rewritten', async () => {
  const { id } = await database.tokens.create(newToken(), ada);
  await expect(client.query(`update audit_log set actor_name = 'Eve' where target_id = $1`, [`${id}`])).rejects.toThrow(/append-only/);
  await expect(client.query('delete from audit_log')).rejects.toThrow(/append-only/);
  await expect(client.query('truncate audit_log')).rejects.toThrow(/append-only/);
});

test('the audit log takes no member that would hold a secret', async () => {
  const change = { action: 'member.add', targetType: 'member', targetId: 'u2', targetName: 'Bob', before: null } as const;
  await expect(database.audit.append({ ...change, after: { password: 'hunter2' } }, ada)).rejects.toThrow(/audit_log_after_check/);
  await expect(database.audit.append({ ...change, after: { role: 'viewer' } }, ada)).resolves.toBeUndefined();
});

function request(tokenId: number, fields: { at?: number; ip?: string; status?: number } = {}) {
  return {
    kind: 'request' as const,
    tokenId,
    at: NOW - 60_000,
    method: 'GET',
    endpoint: '/products',
    path: '/products',
    status: 200,
    durationUs: 1_500,
    requestBytes: 0,
    responseBytes: 10,
    ip: null,
    userAgent: null,
    outcome: 'VALID' as const,
    requestId: 'r1',
    secretId: null,
    cost: 1,
    trial: null,
    ...fields,
  };
}
