import { type ChildProcess, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { chmod, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createEmptyDatabase, createTestDatabase, type TestDatabase } from '@latchkey/database/testing';
import { Client } from 'pg';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';

// Starting processes takes its time on a busy machine.
vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 });

const MAIN = new URL('../main.ts', import.meta.url).pathname;
const READY = /^Latchkey is ready: (http:\/\/\S+)$/m;

let directory: string;
let children: ChildProcess[];
let databases: TestDatabase[];

interface Run {
  readonly child: ChildProcess;
  readonly out: () => string;
  readonly err: () => string;
  /** Resolves with the address, or rejects with what was said when it ends before. */
  readonly ready: Promise<string>;
  readonly ended: Promise<number | null>;
}

/** Starts the real server, with nothing of this process's environment but what finds Node. */
function run(env: Record<string, string>): Run {
  const child = spawn(process.execPath, [MAIN], {
    env: { PORT: '0', LATCHKEY_DATA_DIR: path.join(directory, 'data'), ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  children.push(child);
  let out = '';
  let err = '';
  child.stderr.setEncoding('utf8').on('data', (text) => {
    err += text;
  });
  const ended = once(child, 'close').then(([code]) => code);
  const ready = new Promise<string>((resolve, reject) => {
    child.stdout.setEncoding('utf8').on('data', (text) => {
      out += text;
      const url = READY.exec(out)?.[1];
      if (url) resolve(url);
    });
    ended.then(() => reject(new Error(`ended before it was ready: ${out}${err}`)));
  });
  ready.catch(() => undefined);
  return { child, out: () => out, err: () => err, ready, ended };
}

/** The run ends with 1, has said exactly this one thing on stderr, and never that it was ready. */
async function expectRefusal(started: Run, message: RegExp): Promise<void> {
  expect(await started.ended).toBe(1);
  expect(started.err()).toMatch(message);
  expect(started.err().trimEnd().split('\n')).toHaveLength(1);
  expect(started.out()).toBe('');
}

async function databasePid(): Promise<number> {
  return Number((await readFile(path.join(directory, 'data/postgres/postmaster.pid'), 'utf8')).split('\n')[0]);
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

async function newDatabase(create = createTestDatabase): Promise<string> {
  const database = await create();
  databases.push(database);
  return database.url;
}

async function embeddedUrl(): Promise<string> {
  const [, , , port] = (await readFile(path.join(directory, 'data/postgres/postmaster.pid'), 'utf8')).split('\n');
  return `postgres://latchkey:${await readFile(path.join(directory, 'data/postgres-password'), 'utf8')}@127.0.0.1:${port}/latchkey`;
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

beforeEach(async () => {
  directory = await mkdtemp(path.join(tmpdir(), 'latchkey-main-'));
  await chmod(directory, 0o711);
  children = [];
  databases = [];
});

afterEach(async () => {
  const living = children.filter((child) => child.exitCode === null && child.signalCode === null);
  await Promise.all(
    living.map((child) => {
      child.kill('SIGTERM');
      return once(child, 'close');
    }),
  );
  await Promise.all(databases.map((database) => database.drop()));
  await rm(directory, { recursive: true, force: true });
});

describe('a start that goes well', () => {
  test('says so in one line when it answers; SIGTERM ends it with 0 and the database with it', async () => {
    const started = run({});
    const url = await started.ready;
    expect((await fetch(new URL('/healthz', url))).status).toBe(200);
    const database = await databasePid();
    started.child.kill('SIGTERM');
    expect(await started.ended).toBe(0);
    expect(started.out().match(/Latchkey is ready/g)).toHaveLength(1);
    expect(isAlive(database)).toBe(false);
    expect(existsSync(path.join(directory, 'data/postgres/postmaster.pid'))).toBe(false);
  });

  test('Ctrl-C while it still starts leaves nothing behind', async () => {
    const started = run({});
    await expect.poll(() => databasePid().catch(() => 0), { interval: 5, timeout: 60_000 }).toBeGreaterThan(0);
    const database = await databasePid();
    started.child.kill('SIGINT');
    expect(await started.ended).toBe(0);
    expect(isAlive(database)).toBe(false);
  });

  test('three at once on one database: all of them serve', async () => {
    const url = await newDatabase(createEmptyDatabase);
    const runs = ['a', 'b', 'c'].map((name) => run({ DATABASE_URL: url, LATCHKEY_DATA_DIR: path.join(directory, name) }));
    const addresses = await Promise.all(runs.map(({ ready }) => ready));
    for (const address of addresses) expect((await fetch(new URL('/healthz', address))).status).toBe(200);
    expect(runs.filter(({ err }) => err().includes('The database was migrated'))).toHaveLength(1);
  });
});

describe('after kill -9', () => {
  test('the next start takes the data directory and the orphaned database over, and nothing is lost', async () => {
    const killed = run({});
    await killed.ready;
    const orphan = await databasePid();
    await query(await embeddedUrl(), 'create table kept as select 42 as answer');
    killed.child.kill('SIGKILL');
    await killed.ended;
    expect(isAlive(orphan)).toBe(true);
    const next = run({});
    await next.ready;
    expect(await databasePid()).not.toBe(orphan);
    expect(await query(await embeddedUrl(), 'select answer from kept')).toEqual([{ answer: 42 }]);
  });

  test('the next start also copes with a database that was killed with it', async () => {
    const killed = run({});
    await killed.ready;
    await query(await embeddedUrl(), 'create table kept as select 42 as answer');
    const orphan = await databasePid();
    killed.child.kill('SIGKILL');
    process.kill(orphan, 'SIGKILL');
    await killed.ended;
    await run({}).ready;
    expect(await query(await embeddedUrl(), 'select answer from kept')).toEqual([{ answer: 42 }]);
  });
});

describe('one clear line and exit code 1', () => {
  test('the port is taken; nothing was started', async () => {
    const other = createServer().listen(0, '127.0.0.1');
    await once(other, 'listening');
    const address = other.address();
    const port = typeof address === 'object' && address ? address.port : 0;
    await expectRefusal(run({ PORT: String(port) }), new RegExp(`port ${port} is taken .+ set PORT to another`));
    other.close();
    expect(existsSync(path.join(directory, 'data'))).toBe(false);
  });

  test('the data directory is in use; the first goes on', async () => {
    const first = run({});
    const url = await first.ready;
    await expectRefusal(run({}), new RegExp(`in use by another Latchkey \\(process ${first.child.pid}\\)`));
    expect((await fetch(new URL('/healthz', url))).status).toBe(200);
  });

  test('the data directory cannot be written', async () => {
    await writeFile(path.join(directory, 'data'), '');
    await expectRefusal(
      run({ LATCHKEY_DATA_DIR: path.join(directory, 'data/deeper') }),
      /Cannot write to the data directory .+ part of the path is a file/,
    );
  });

  test('the database cannot be reached, and its password is not repeated', async () => {
    const started = run({ DATABASE_URL: 'postgres://latchkey:hunter2@127.0.0.1:1/latchkey' });
    await expectRefusal(started, /127\.0\.0\.1:1/);
    expect(started.err()).not.toContain('hunter2');
  });

  test('the database refuses', async () => {
    const url = new URL(await newDatabase());
    url.password = randomBytes(8).toString('hex');
    await expectRefusal(run({ DATABASE_URL: url.href }), /password authentication failed/);
  });

  test('a secret file is damaged; the database was not started, and the file stays', async () => {
    const file = path.join(directory, 'data/token-secret');
    await mkdir(path.dirname(file), { mode: 0o711 });
    await writeFile(file, 'damaged');
    await expectRefusal(run({}), /token-secret is damaged\. Put it back from a backup/);
    expect(await readFile(file, 'utf8')).toBe('damaged');
    expect(existsSync(path.join(directory, 'data/postgres'))).toBe(false);
  });

  test('the bundled database is of another version; the directory is free again', async () => {
    const cluster = path.join(directory, 'data/postgres');
    await mkdir(cluster, { recursive: true, mode: 0o711 });
    await writeFile(path.join(cluster, 'PG_VERSION'), '17\n');
    await writeFile(path.join(directory, 'data/token-secret'), `${'x'.repeat(43)}\n`);
    await writeFile(path.join(directory, 'data/auth-secret'), `${'y'.repeat(43)}\n`);
    await expectRefusal(run({}), /made by PostgreSQL 17/);
    await rm(cluster, { recursive: true });
    await rm(path.join(directory, 'data/token-secret'));
    await run({}).ready;
  });
});

test('wrong settings are all named at once, one line each, before anything is touched', async () => {
  const started = run({ PORT: 'x', DATABASE_URL: 'mysql://u:hunter2@h/x', LATCHKEY_ADMIN_EMAIL: 'admin@example.com' });
  expect(await started.ended).toBe(1);
  for (const name of ['PORT', 'DATABASE_URL', 'LATCHKEY_ADMIN_PASSWORD']) expect(started.err()).toMatch(new RegExp(`^ {2}${name}\\b`, 'm'));
  expect(started.err()).not.toContain('hunter2');
  expect(existsSync(path.join(directory, 'data'))).toBe(false);
});
