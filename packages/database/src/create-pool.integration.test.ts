import { Client, type PoolClient } from 'pg';
import { expect, onTestFinished, test, vi } from 'vitest';
import { createPool } from './create-pool.ts';
import { silentLogger } from './database-logger.ts';
import { createTestDatabase } from './testing/index.ts';

async function open() {
  const { url, drop } = await createTestDatabase();
  const warn = vi.fn<typeof silentLogger.warn>();
  const logger = { ...silentLogger, warn };
  const pool = createPool({ url, name: 'cut off', max: 1, statementTimeoutMs: 30_000, connectTimeoutMs: 5_000, logger });
  const admin = new Client({ connectionString: url });
  await admin.connect();
  onTestFinished(async () => {
    await admin.end();
    await drop();
  });
  return { pool, admin, warn };
}

/** Resolves once it has noticed. */
async function cutOff(client: PoolClient, admin: Client): Promise<void> {
  const { rows } = await client.query<{ pid: number }>('select pg_backend_pid() as pid');
  const noticed = new Promise<void>((resolve) => client.once('end', resolve));
  await admin.query('select pg_terminate_backend($1)', [rows[0]?.pid]);
  await noticed;
}

test('a connection that is lost is told of', async () => {
  const { pool, admin, warn } = await open();
  const client = await pool.connect();
  await cutOff(client, admin);
  client.release(true);
  await pool.end();
  expect(warn).toHaveBeenCalledWith({ error: expect.stringContaining('administrator command') }, 'A database connection was lost');
});

test('one that was about to be closed is not', async () => {
  const { pool, admin, warn } = await open();
  const client = await pool.connect();
  const ended = pool.end();
  await cutOff(client, admin);
  client.release(true);
  await ended;
  expect(warn).not.toHaveBeenCalled();
});
