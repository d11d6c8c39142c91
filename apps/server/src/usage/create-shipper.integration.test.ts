import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { openSpool, type Spool, type SpoolOptions, type SpoolProblem } from '@latchkey/bearer-auth';
import type { UsageRecord } from '@latchkey/core';
import { createTcpProxy, createTestDatabase } from '@latchkey/database/testing';
import { Client } from 'pg';
import { pino } from 'pino';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { createRemoteReader } from './create-remote-reader.ts';
import { createShipper, type Shipper, type ShipperOptions } from './create-shipper.ts';

/** With more patience than a busy machine needs. */
const eventually = (check: () => unknown) => vi.waitFor(check, { timeout: 30_000, interval: 20 });

async function open() {
  const database = await createTestDatabase();
  const client = new Client({ connectionString: database.url });
  await client.connect();
  const { rows } = await client.query<{ id: number }>(
    `insert into api_tokens (name, prefix, start, last4) values ('shipped', 'lk_live_', 'lk_liv', 'abcd') returning id`,
  );
  const directory = mkdtempSync(path.join(tmpdir(), 'latchkey-shipper-'));
  const problems: SpoolProblem['kind'][] = [];
  const logged: string[] = [];
  const logger = pino({ level: 'warn' }, { write: (line: string) => void logged.push(line) });
  onTestFinished(async () => {
    await client.end();
    await database.drop();
    rmSync(directory, { recursive: true, force: true });
  });
  return {
    ...{ client, directory, problems, logged },
    url: database.url,
    tokenId: rows[0]?.id ?? 0,
    /** Closes what the test left open, in the order of the server. */
    shipper(given: Partial<ShipperOptions> = {}): Shipper {
      const onProblem = ({ kind }: SpoolProblem) => void problems.push(kind);
      const shipper = createShipper({
        databaseUrl: database.url,
        gateway: 'here',
        isEmbedded: true,
        leftovers: [],
        logger,
        onProblem,
        ...given,
      });
      onTestFinished(() => shipper.close());
      return shipper;
    },
    spool(name: string, given: Partial<SpoolOptions> = {}): Spool {
      const spool = openSpool({ directory: path.join(directory, name), ...given });
      onTestFinished(() => spool.close());
      return spool;
    },
    count: async () => Number((await client.query('select count(*)::int as n from api_token_usage')).rows[0]?.n),
    total: async () => Number((await client.query('select coalesce(sum(requests), 0)::int as n from usage_hour')).rows[0]?.n),
  };
}

function append(spool: Spool, tokenId: number, count: number): Promise<unknown> {
  const record = (n: number): UsageRecord => ({
    ...{ kind: 'request', tokenId, at: Date.now(), method: 'GET', endpoint: '/products', path: `/products/${n}`, status: 200 },
    ...{ durationUs: 900, requestBytes: 0, responseBytes: 200, ip: null, userAgent: null, outcome: 'VALID', requestId: `r-${n}` },
    ...{ secretId: null, cost: 1, trial: null },
  });
  return Promise.all(
    Array.from(
      { length: count },
      (_, n) => new Promise<void>((resolve, reject) => spool.append(record(n), (error) => (error ? reject(error) : resolve()))),
    ),
  );
}

describe('a spool of this thread', () => {
  test('is in the log and in the sums without being asked for, and its segments are deleted', async () => {
    const scene = await open();
    const spool = scene.spool('spool', { segmentBytes: 10_000 });
    const reader = scene.shipper().ship(spool);
    for (let turn = 0; turn < 10; turn += 1) await append(spool, scene.tokenId, 60);
    await eventually(async () => expect(await scene.count()).toBe(600));
    expect(await scene.total()).toBe(600);
    await eventually(() => expect(spool.segments()).toHaveLength(1));
    await eventually(() => expect(reader.stats()).toMatchObject({ shipped: 600, waitingBytes: 0, failures: 0, corrupt: 0 }));
    await reader.close();
  });

  test('is visible within a second of the answer, once the thread is there', async () => {
    const scene = await open();
    const spool = scene.spool('spool');
    const reader = scene.shipper().ship(spool);
    await append(spool, scene.tokenId, 1);
    await reader.flush();
    const took: number[] = [];
    for (let turn = 2; turn <= 6; turn += 1) {
      await append(spool, scene.tokenId, 1);
      const answered = performance.now();
      await eventually(async () => expect(await scene.count()).toBe(turn));
      took.push(performance.now() - answered);
    }
    // The machine may stall once; the fastest says what the waits add up to.
    expect(Math.min(...took)).toBeLessThan(1_000);
    await reader.close();
  });

  test('is shipped to its end when it is closed', async () => {
    const scene = await open();
    const spool = scene.spool('spool');
    const shipper = scene.shipper();
    const reader = shipper.ship(spool);
    await eventually(async () => expect(await shipper.readHeapBytes()).toBeGreaterThan(1_000_000));
    const appended = append(spool, scene.tokenId, 500);
    await reader.close();
    await appended;
    expect(await scene.count()).toBe(500);
    await shipper.close();
    expect(await shipper.readHeapBytes()).toBe(0);
  });

  test('whose stored position lies ahead goes on under a new name', async () => {
    const scene = await open();
    const spool = scene.spool('spool');
    const former = spool.id;
    await scene.client.query(`insert into usage_spool_position (spool_id, segment, "offset", updated_at) values ($1, 999, 5, now())`, [
      former,
    ]);
    const reader = scene.shipper().ship(spool);
    await append(spool, scene.tokenId, 3);
    await reader.flush();
    expect(spool.id).not.toBe(former);
    expect(scene.problems).toEqual(['position_ahead']);
    expect(await scene.count()).toBe(3);
    await reader.close();
  });
});

describe('when the database is away', () => {
  test('closing does not wait for it, nothing is lost, and the next process stores each record once', async () => {
    const scene = await open();
    const proxy = await createTcpProxy(scene.url);
    onTestFinished(() => proxy.close());
    const spool = scene.spool('spool');
    const shipper = scene.shipper({ databaseUrl: proxy.url });
    const reader = shipper.ship(spool);
    await append(spool, scene.tokenId, 20);
    await reader.flush();
    proxy.cut();
    await append(spool, scene.tokenId, 30);
    await eventually(() => expect(scene.problems).toContain('ship_failed'));
    await eventually(() => expect(reader.stats().failures).toBeGreaterThan(0));
    const began = performance.now();
    await reader.close();
    await spool.close();
    await shipper.close();
    expect(performance.now() - began).toBeLessThan(15_000);
    proxy.restore();
    const again = scene.spool('spool');
    const next = scene.shipper({ databaseUrl: proxy.url }).ship(again);
    await next.flush();
    expect(await scene.count()).toBe(50);
    expect(await scene.total()).toBe(50);
    await next.close();
  });
});

/** The thread that ships, and a defect that ends it as long as `marker` is not there. */
function writeCrashingEntry(directory: string, marker: string): URL {
  const file = path.join(directory, 'crashing-thread.mjs');
  const thread = new URL('./shipper-thread.ts', import.meta.url).href;
  writeFileSync(
    file,
    `import { existsSync, writeFileSync } from 'node:fs';
    await import(${JSON.stringify(thread)});
    if (!existsSync(${JSON.stringify(marker)})) setTimeout(() => {
      writeFileSync(${JSON.stringify(marker)}, '');
      throw new Error('a defect of the thread that ships');
    }, 300);`,
  );
  return pathToFileURL(file);
}

describe('the thread', () => {
  test('is replaced when a defect ends it, which is told, and every record is stored once', async () => {
    const scene = await open();
    const marker = path.join(scene.directory, 'crashed');
    const entry = writeCrashingEntry(scene.directory, marker);
    const spool = scene.spool('spool');
    const reader = scene.shipper({ entry }).ship(spool);
    let sent = 0;
    while (!existsSync(marker)) {
      await append(spool, scene.tokenId, 40);
      sent += 40;
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
    await append(spool, scene.tokenId, 40);
    await reader.flush();
    expect(await scene.count()).toBe(sent + 40);
    expect(await scene.total()).toBe(sent + 40);
    expect(scene.logged.join('')).toContain('a defect of the thread that ships');
    await reader.close();
  });

  test('ships and removes the directories of spools that nobody keeps', async () => {
    const scene = await open();
    const left = openSpool({ directory: path.join(scene.directory, 'spool-3') });
    await append(left, scene.tokenId, 70);
    await left.close();
    scene.shipper({ leftovers: [path.join(scene.directory, 'spool-3')] });
    await eventually(() => expect(readdirSync(scene.directory)).toEqual([]));
    expect(await scene.count()).toBe(70);
  });

  test('is not held up by a directory that can not be read', async () => {
    const scene = await open();
    const broken = path.join(scene.directory, 'spool-3');
    writeFileSync(broken, 'no directory');
    const spool = scene.spool('spool');
    const reader = scene.shipper({ leftovers: [broken] }).ship(spool);
    await append(spool, scene.tokenId, 5);
    await reader.flush();
    expect(await scene.count()).toBe(5);
    expect(scene.problems).toEqual(['ship_failed']);
    expect(scene.logged).toEqual([]);
    await reader.close();
  });

  test('that has ended keeps nobody waiting who comes before the next one', async () => {
    const scene = await open();
    const entry = path.join(scene.directory, 'ending-thread.mjs');
    writeFileSync(entry, 'setTimeout(() => process.exit(0), 500);');
    const shipper = scene.shipper({ entry: pathToFileURL(entry) });
    await eventually(async () => expect(await shipper.readHeapBytes()).toBeGreaterThan(0));
    await eventually(async () => expect(await shipper.readHeapBytes()).toBe(0));
    const reader = shipper.ship(scene.spool('spool'));
    await reader.close();
  });

  test('ships spools of several threads, each over a port of its own', async () => {
    const scene = await open();
    const shipper = scene.shipper();
    const kept = ['spool', 'spool-2'].map((name) => {
      const spool = scene.spool(name);
      const reader = createRemoteReader(spool, () => undefined);
      const disconnect = shipper.connect(reader.connect);
      return { spool, reader, disconnect };
    });
    await Promise.all(kept.map(({ spool }) => append(spool, scene.tokenId, 100)));
    await Promise.all(kept.map(({ reader }) => reader.flush()));
    expect(await scene.count()).toBe(200);
    for (const { reader, disconnect } of kept) {
      disconnect();
      await reader.close();
    }
  });
});
