import { Client, Pool } from 'pg';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { silentLogger } from '../database-logger.ts';
import { type Database, openDatabase } from '../open-database.ts';
import { createTcpProxy, type TcpProxy } from '../testing/create-tcp-proxy.ts';
import { createTestDatabase, type TestDatabase } from '../testing/index.ts';
import { ada, newToken } from '../testing/new-token.ts';
import { createTokenSource } from '../token/create-token-source.ts';
import { createGatewayRegistry } from './create-gateway-registry.ts';
import type { GatewayDescription } from './gateway-registry.ts';

/** A few heartbeats, on a busy machine. */
const SOON = { timeout: 10_000 };

let testDatabase: TestDatabase;
let client: Client;
const open: { close(): Promise<void> }[] = [];
const proxies: TcpProxy[] = [];

beforeEach(async () => {
  testDatabase = await createTestDatabase();
  client = new Client({ connectionString: testDatabase.url });
  await client.connect();
});
afterEach(async () => {
  await Promise.all(open.splice(0).map((each) => each.close()));
  await Promise.all(proxies.splice(0).map((each) => each.close()));
  await client.end();
  await testDatabase.drop();
});

function description(name: string, changes: Partial<GatewayDescription> = {}): GatewayDescription {
  const limiterMode = () => 'memory';
  return { name, host: 'machine-1', pid: 7, version: '1.2.3', threads: 2, limiterMode, maxStaleSeconds: 300, ...changes };
}

interface Process extends Database {
  /** Stands between it and the database. */
  readonly wire: TcpProxy;
  /** Instead of a cache: what it heard. While it is set to something, changes are applied when that resolves. */
  readonly heard: number[];
  hold: Promise<void> | null;
}

/** A process that serves and hears changes. */
async function startProcess(name: string, changes: Partial<GatewayDescription> = {}): Promise<Process> {
  const wire = await createTcpProxy(testDatabase.url);
  proxies.push(wire);
  const database = await openDatabase({ url: wire.url });
  open.push(database);
  await database.gateways.register(description(name, changes));
  const started: Process = Object.assign(database, { wire, heard: [], hold: null });
  await new Promise<void>((resolve) => {
    database.tokenSource.subscribe((change) => {
      if (change.kind === 'changed') started.heard.push(change.tokenId);
      if (change.kind === 'resync') resolve();
      return started.hold ?? undefined;
    });
  });
  return started;
}

const names = (silent: readonly { name: string }[]) => silent.map(({ name }) => name);

describe('a process', () => {
  test('is there for the others from register to close, with what it says of itself', async () => {
    const [one, two] = [await startProcess('one'), await startProcess('two', { limiterMode: () => 'valkey' })];
    const listed = await two.gateways.list();
    expect(listed.map(({ name }) => name)).toEqual(['one', 'two']);
    expect(listed[1]).toEqual({
      ...{ id: expect.stringMatching(/^[\da-f-]{36}$/), name: 'two', host: 'machine-1', pid: 7, version: '1.2.3', threads: 2 },
      ...{ limiterMode: 'valkey', state: expect.stringMatching(/live|silent/), maxStaleSeconds: 300 },
      ...{ startedAt: expect.stringMatching(/Z$/), seenAt: expect.stringMatching(/Z$/), appliedVersion: expect.any(Number) },
    });
    expect(two.gateways.liveCount()).toBe(2);
    await expect.poll(() => one.gateways.liveCount(), SOON).toBe(2);
    await two.close();
    await expect.poll(() => one.gateways.liveCount(), SOON).toBe(1);
    expect(await one.gateways.list()).toHaveLength(1);
  });

  test('is counted with each of its threads, as long as it lives', async () => {
    const one = await startProcess('one', { threads: 1 });
    expect(one.gateways.liveThreads()).toEqual([1]);
    const [two] = [await startProcess('two', { threads: 4 }), await startProcess('three', { threads: 2 })];
    await expect.poll(() => one.gateways.liveThreads().sort(), SOON).toEqual([1, 2, 4]);
    await expect.poll(() => two.gateways.liveThreads()[0], SOON).toBe(4);
    await two.close();
    await expect.poll(() => one.gateways.liveThreads(), SOON).toEqual([1, 2]);
  });

  test('says what counts its limits and what it has applied, again and again', async () => {
    let mode = 'valkey';
    const one = await startProcess('one', { limiterMode: () => mode });
    mode = 'share';
    const { id } = await one.tokens.create(newToken(), ada);
    const { rows } = await client.query<{ version: string }>('select version from api_tokens where id = $1', [id]);
    const own = async () => (await one.gateways.list())[0];
    await expect.poll(own, SOON).toMatchObject({ limiterMode: 'share', state: 'live', appliedVersion: Number(rows[0]?.version) });
  });

  test('that was not seen for five seconds is silent, and gives way to one that starts under its name', async () => {
    const one = await startProcess('one');
    await client.query(`insert into gateway (id, name, host, pid, version, threads, limiter_mode, max_stale_ms, hears, seen_at)
      select gen_random_uuid(), name, 'machine-1', 1, '1', 1, 'memory', 1000, true, clock_timestamp() - interval '5.1 seconds'
      from unnest(array['gone', 'two']) name`);
    expect((await one.gateways.list()).map(({ name, state }) => `${name} ${state}`)).toEqual(
      expect.arrayContaining(['gone silent', 'two silent']),
    );
    await startProcess('two');
    await expect.poll(async () => names(await one.gateways.list()), SOON).toEqual(['gone', 'one', 'two']);
    await client.query(`update gateway set seen_at = clock_timestamp() - interval '61 minutes' where name = 'gone'`);
    await expect.poll(async () => names(await one.gateways.list()), SOON).toEqual(['one', 'two']);
  });

  test('whose row was lost writes it again', async () => {
    const one = await startProcess('one');
    await client.query('truncate gateway');
    await expect.poll(async () => names(await one.gateways.list()), SOON).toEqual(['one']);
  });
});

describe('who comes and who goes', () => {
  /** A process that writes once an hour: whatever it knows it was told. */
  async function startQuiet(name: string, threads: number) {
    const pool = new Pool({ connectionString: testDatabase.url });
    const registry = createGatewayRegistry({ pool, logger: silentLogger, beatMs: 3_600_000 });
    const source = createTokenSource({ pool, url: testDatabase.url, logger: silentLogger, onApplied: registry.hear });
    const close = async () => {
      await registry.close();
      await source.close();
      await pool.end();
    };
    open.push({ close });
    await new Promise<void>((resolve) => source.subscribe(({ kind }) => (kind === 'resync' ? resolve() : undefined)));
    await registry.register(description(name, { threads }));
    return registry;
  }

  test('is known to the others without a beat, and knows of them when it has registered', async () => {
    const one = await startQuiet('one', 1);
    let changes = 0;
    const unwatch = one.watch(() => (changes += 1));
    const two = await startQuiet('two', 2);
    expect(two.liveThreads()).toEqual([2, 1]);
    await expect.poll(() => one.liveThreads(), SOON).toEqual([1, 2]);
    const three = await startQuiet('three', 3);
    expect(three.liveThreads().sort()).toEqual([1, 2, 3]);
    await expect.poll(() => one.liveThreads().sort(), SOON).toEqual([1, 2, 3]);
    await two.close();
    await expect.poll(() => one.liveThreads(), SOON).toEqual([1, 3]);
    expect(changes).toBeGreaterThanOrEqual(3);
    unwatch();
  });

  test('is known to one that could not hear of it, as soon as that hears again', async () => {
    const one = await startQuiet('one', 1);
    await client.query(`insert into gateway (id, name, host, pid, version, threads, limiter_mode, max_stale_ms, hears)
      values (gen_random_uuid(), 'two', 'machine-2', 1, '1', 2, 'memory', 1000, true)`);
    expect(one.liveCount()).toBe(1);
    await client.query(`select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'latchkey-listener'
      and datname = current_database()`);
    await expect.poll(() => one.liveThreads(), SOON).toEqual([1, 2]);
  });
});

describe('a change', () => {
  test('is in force everywhere when confirm says so', async () => {
    const processes = [await startProcess('one'), await startProcess('two'), await startProcess('three')] as const;
    const ids: number[] = [];
    for (let round = 0; round < 20; round += 1) {
      const { id } = await processes[0].tokens.create(newToken(), ada);
      ids.push(id);
      expect(await processes[0].gateways.confirm()).toEqual({ gateways: 3, acknowledged: 3, ms: expect.any(Number), silent: [] });
      for (const { heard } of processes.slice(1)) expect(heard).toEqual(ids);
    }
  });

  test('of many at once costs the others few acknowledgements, and each is confirmed', async () => {
    const [one, two] = [await startProcess('one'), await startProcess('two')];
    const observer = new Client({ connectionString: testDatabase.url });
    await observer.connect();
    let acknowledgements = 0;
    observer.on('notification', () => {
      acknowledgements += 1;
    });
    await observer.query('listen latchkey_applied');
    const answers = await Promise.all(
      Array.from({ length: 50 }, async () => {
        const { id } = await one.tokens.create(newToken(), ada);
        const effective = await one.gateways.confirm();
        return effective.acknowledged === 2 && two.heard.includes(id);
      }),
    );
    await observer.query('select 1');
    await observer.end();
    expect(answers.every(Boolean)).toBe(true);
    expect(acknowledgements).toBeLessThan(50);
  });

  test('that began before another and is committed after it is waited for', async () => {
    const [one, two] = [await startProcess('one'), await startProcess('two')];
    const { id } = await one.tokens.create(newToken(), ada);
    const slow = new Client({ connectionString: testDatabase.url });
    await slow.connect();
    await slow.query('begin');
    // Draws its version now, and is committed after newer versions were acknowledged.
    await slow.query('update api_tokens set active = false where id = $1', [id]);
    await one.tokens.create(newToken(), ada);
    expect(await one.gateways.confirm()).toMatchObject({ acknowledged: 2 });
    two.heard.length = 0;
    await slow.query('commit');
    expect(await one.gateways.confirm()).toMatchObject({ acknowledged: 2 });
    expect(two.heard).toEqual([id]);
    await slow.end();
  });

  test('is confirmed only once a process that passes it on has done so', async () => {
    const [one, two] = [await startProcess('one'), await startProcess('two')];
    const held = Promise.withResolvers<void>();
    two.hold = held.promise;
    await one.tokens.create(newToken(), ada);
    const confirmed = one.gateways.confirm();
    await expect.poll(() => two.heard.length, SOON).toBe(1);
    const early = await Promise.race([confirmed, one.ping().then(() => 'not yet')]);
    expect(early).toBe('not yet');
    held.resolve();
    expect(await confirmed).toMatchObject({ acknowledged: 2, silent: [] });
  });

  test('is confirmed to a process that is deaf itself', async () => {
    const [one, two] = [await startProcess('one'), await startProcess('two')];
    // It hears nothing any more, and tells nobody.
    await one.tokenSource.close();
    await one.tokens.create(newToken(), ada);
    expect(await one.gateways.confirm()).toMatchObject({ gateways: 2, acknowledged: 2, silent: [] });
    expect(two.heard).toHaveLength(1);
  });

  test('is confirmed by a process whose listening connection is ended, as soon as it has another', async () => {
    const [one, two] = [await startProcess('one'), await startProcess('two')];
    for (let round = 0; round < 5; round += 1) {
      await client.query(`select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'latchkey-listener'
        and datname = current_database()`);
      await two.tokens.create(newToken(), ada);
      expect(await one.gateways.confirm()).toMatchObject({ gateways: 2, acknowledged: 2, silent: [] });
    }
  });
});

describe('a silent process', () => {
  test('is named after a second, then waited for no longer than a tenth of it, until it answers again', async () => {
    const [one, two] = [await startProcess('one'), await startProcess('two')];
    two.wire.freeze();
    const first = await one.gateways.confirm();
    expect(first).toMatchObject({ gateways: 2, acknowledged: 1, silent: [{ name: 'two', host: 'machine-1', seenAt: expect.any(String) }] });
    expect(first.ms).toBeGreaterThanOrEqual(1_000);
    const second = await one.gateways.confirm();
    expect(names(second.silent)).toEqual(['two']);
    expect(second.ms).toBeGreaterThanOrEqual(100);
    expect(second.ms).toBeLessThan(first.ms);
    two.wire.cut();
    two.wire.restore();
    await expect.poll(async () => (await one.gateways.confirm()).acknowledged, SOON).toBe(2);
  });

  test('counts as long as it may trust its cache, and is not waited for', async () => {
    const one = await startProcess('one');
    await client.query(`insert into gateway (id, name, host, pid, version, threads, limiter_mode, max_stale_ms, hears, seen_at)
      select gen_random_uuid(), 'stale ' || seconds, 'machine-9', 1, '1', 1, 'memory', 300000, true, clock_timestamp() - seconds * interval '1 second'
      from unnest(array[10, 304, 306]) seconds`);
    const effective = await one.gateways.confirm();
    expect(effective).toMatchObject({ gateways: 3, acknowledged: 1 });
    expect(names(effective.silent).sort()).toEqual(['stale 10', 'stale 304']);
    expect(effective.ms).toBeLessThan(900);
  });

  test('is what the others are called where the database is away', async () => {
    const [one] = [await startProcess('one'), await startProcess('two')];
    await expect.poll(() => one.gateways.liveCount(), SOON).toBe(2);
    one.wire.cut();
    expect(await one.gateways.confirm()).toMatchObject({ gateways: 2, acknowledged: 1, silent: [{ name: 'two' }] });
    expect(one.gateways.liveCount()).toBe(2);
  });
});
