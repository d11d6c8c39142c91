import { once } from 'node:events';
import { type AddressInfo, connect, createServer } from 'node:net';
import { Client } from 'pg';
import { expect, onTestFinished, test } from 'vitest';
import { createPool } from './create-pool.ts';
import { silentLogger } from './database-logger.ts';
import { inTransaction } from './in-transaction.ts';
import { createTestDatabase } from './testing/index.ts';

/** Passes on what is said, and never that the server has hung up: so do some things between a client and its database. */
async function openDeafWire(databaseUrl: string): Promise<string> {
  const { port, hostname } = new URL(databaseUrl);
  const server = createServer((client) => {
    const far = connect(Number(port), hostname);
    far.on('error', () => undefined).on('data', (data) => client.write(data));
    client.on('error', () => undefined).on('data', (data) => far.write(data));
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  onTestFinished(() => void server.close());
  const url = new URL(databaseUrl);
  url.host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  return url.href;
}

async function open(viaDeafWire: boolean) {
  const database = await createTestDatabase();
  const url = viaDeafWire ? await openDeafWire(database.url) : database.url;
  const pool = createPool({ url, name: 'rolled back', max: 1, statementTimeoutMs: 30_000, connectTimeoutMs: 5_000, logger: silentLogger });
  const admin = new Client({ connectionString: database.url });
  await admin.connect();
  onTestFinished(async () => {
    await admin.end();
    // What a deaf wire holds open would be waited for.
    void pool.end();
    await database.drop();
  });
  return { pool, admin };
}

test('a transaction whose connection PostgreSQL has ended fails at once, also where nobody passes on that it hung up', async () => {
  const { pool, admin } = await open(true);
  const began = performance.now();
  const failing = inTransaction(pool, (client) => client.query('select pg_sleep(20)'));
  // It may fail before the query that ends it is answered.
  failing.catch(() => undefined);
  await expect
    .poll(async () => {
      const { rowCount } = await admin.query(
        `select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'rolled back' and query like '%pg_sleep%'`,
      );
      return rowCount;
    })
    .toBe(1);
  await expect(failing).rejects.toThrow(/terminating connection/);
  expect(performance.now() - began).toBeLessThan(10_000);
  expect((await pool.query('select 1 as one')).rows).toEqual([{ one: 1 }]);
});

test('a transaction that fails otherwise is rolled back, and its connection serves on', async () => {
  const { pool } = await open(false);
  const pid = async () => (await pool.query<{ pid: number }>('select pg_backend_pid() as pid')).rows[0]?.pid;
  const before = await pid();
  const failing = inTransaction(pool, async (client) => {
    await client.query('create table left_over (n int)');
    throw new Error('changed my mind');
  });
  await expect(failing).rejects.toThrow('changed my mind');
  expect(await pid()).toBe(before);
  expect((await pool.query(`select to_regclass('left_over') as left`)).rows).toEqual([{ left: null }]);
});
