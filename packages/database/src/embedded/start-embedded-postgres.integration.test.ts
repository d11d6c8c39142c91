import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdir, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { Client } from 'pg';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { type EmbeddedPostgres, startEmbeddedPostgres } from './index.ts';

// Starting processes takes its time on a busy machine.
vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 });

let dataDirectory: string;
let running: EmbeddedPostgres[];
let messages: string[];

// A program that starts a PostgreSQL and does nothing more, for being killed.
const OWNER = `
  import { startEmbeddedPostgres } from ${JSON.stringify(new URL('./index.ts', import.meta.url).href)};
  const logger = { debug() {}, info() {}, warn() {}, error() {} };
  const { url } = await startEmbeddedPostgres({ dataDirectory: process.argv[1], logger, durable: false });
  console.log(url);
`;

const keep = (_fields: object, message: string) => void messages.push(message);
const logger = { debug: keep, info: keep, warn: keep, error: keep };

async function start({ durable = false } = {}): Promise<EmbeddedPostgres> {
  const database = await startEmbeddedPostgres({ dataDirectory, logger, durable });
  running.push(database);
  return database;
}

async function query(url: string, sql: string): Promise<Record<string, unknown>[]> {
  const client = new Client({ connectionString: url });
  client.on('error', () => undefined);
  await client.connect();
  try {
    return (await client.query(sql)).rows;
  } finally {
    await client.end();
  }
}

async function postmasterPid(): Promise<number> {
  return Number((await readFile(path.join(dataDirectory, 'postgres/postmaster.pid'), 'utf8')).split('\n')[0]);
}

/** Kills the postmaster and waits until it answers again on the same address. */
async function killAndWaitForRestart(url: string): Promise<void> {
  const before = await postmasterPid();
  process.kill(before, 'SIGKILL');
  await expect.poll(() => query(url, 'select 1 as one').catch(() => null), { timeout: 60_000 }).toEqual([{ one: 1 }]);
  expect(await postmasterPid()).not.toBe(before);
}

beforeEach(async () => {
  dataDirectory = await mkdtemp(path.join(tmpdir(), 'latchkey-embedded-'));
  await chmod(dataDirectory, 0o711);
  running = [];
  messages = [];
});

afterEach(async () => {
  await Promise.all(running.map((database) => database.stop()));
  await rm(dataDirectory, { recursive: true, force: true });
});

describe('a fresh data directory', () => {
  test('gets a PostgreSQL 18 on loopback behind a password', async () => {
    const { url } = await start();
    expect(new URL(url).hostname).toBe('127.0.0.1');
    const [row] = await query(
      url,
      `select current_setting('server_version_num')::int / 10000 as major, current_setting('listen_addresses') as listen,
              current_setting('unix_socket_directories') as sockets, current_database() as database`,
    );
    expect(row).toEqual({ major: 18, listen: '127.0.0.1', sockets: '', database: 'latchkey' });
    const wrong = new URL(url);
    wrong.password = 'wrong';
    await expect(query(wrong.href, 'select 1')).rejects.toThrow('password authentication failed');
  });

  test('keeps password and cluster from everybody else, and the password out of the log', async () => {
    const { url } = await start();
    expect((await stat(path.join(dataDirectory, 'postgres-password'))).mode & 0o777).toBe(0o600);
    expect((await stat(path.join(dataDirectory, 'postgres'))).mode & 0o777).toBe(0o700);
    expect(messages.join('\n')).not.toContain(new URL(url).password);
  });
});

test.runIf(process.getuid?.() === 0)('root may keep it where nobody else can enter, as in its own home', async () => {
  await chmod(dataDirectory, 0o700);
  const first = await start();
  await query(first.url, 'create table kept as select 42 as answer');
  await first.stop();
  const second = await start();
  expect(await query(second.url, 'select answer from kept')).toEqual([{ answer: 42 }]);
});

describe('stop and start', () => {
  test('stop ends the process, tells so once, and the next start finds the data', async () => {
    const first = await start();
    await query(first.url, 'create table kept as select 42 as answer');
    const pid = await postmasterPid();
    await first.stop();
    await first.stop();
    expect(await first.exited).toBeNull();
    expect(() => process.kill(pid, 0)).toThrow('ESRCH');
    const second = await start();
    expect(await query(second.url, 'select answer from kept')).toEqual([{ answer: 42 }]);
  });

  test('an abandoned PostgreSQL that still runs is stopped first, and nothing it stored is lost', async () => {
    const owner = spawn(process.execPath, ['--input-type=module', '-e', OWNER, dataDirectory], { stdio: ['ignore', 'pipe', 'inherit'] });
    const [url] = await once(createInterface({ input: owner.stdout }), 'line');
    await query(url, 'create table kept as select 42 as answer');
    owner.kill('SIGKILL');
    await once(owner, 'exit');
    expect(await query(url, 'select answer from kept')).toEqual([{ answer: 42 }]);
    const next = await start();
    expect(messages).toContain('Stopped the PostgreSQL of a Latchkey that was killed.');
    expect(await query(next.url, 'select answer from kept')).toEqual([{ answer: 42 }]);
  });

  test('a lock file whose process number belongs to somebody else does not hurt anybody', async () => {
    const first = await start();
    await query(first.url, 'create table kept as select 42 as answer');
    await first.stop();
    await writeFile(path.join(dataDirectory, 'postgres/postmaster.pid'), '999999\n/elsewhere\n1\n1\n\n127.0.0.1\n');
    const second = await start();
    expect(await query(second.url, 'select answer from kept')).toEqual([{ answer: 42 }]);
  });
});

describe('supervision', () => {
  test('a killed PostgreSQL is started again on the same address, with everything it had confirmed', async () => {
    const { url } = await start({ durable: true });
    await query(url, 'create table kept as select 42 as answer');
    await killAndWaitForRestart(url);
    expect(await query(url, 'select answer from kept')).toEqual([{ answer: 42 }]);
  });

  test('one that dies again and again is given up, with the reason', async () => {
    const database = await start();
    let gone: string | null | undefined;
    void database.exited.then((reason) => {
      gone = reason;
    });
    for (let round = 0; round < 5; round += 1) await killAndWaitForRestart(database.url);
    process.kill(await postmasterPid(), 'SIGKILL');
    await database.exited;
    expect(gone).toMatch(/again and again \(killed by SIGKILL\)/);
  });
});

describe('refusals', () => {
  test('a cluster of another version is named, with what to do, and left alone', async () => {
    await mkdir(path.join(dataDirectory, 'postgres'));
    await writeFile(path.join(dataDirectory, 'postgres/PG_VERSION'), '17\n');
    await expect(start()).rejects.toThrow(/made by PostgreSQL 17, and this Latchkey brings PostgreSQL 18\. Dump it/);
    expect(await readFile(path.join(dataDirectory, 'postgres/PG_VERSION'), 'utf8')).toBe('17\n');
  });

  test('a lost password is said so instead of being replaced', async () => {
    await (await start()).stop();
    await rm(path.join(dataDirectory, 'postgres-password'));
    await expect(start()).rejects.toThrow(/postgres-password is missing or damaged/);
  });
});
