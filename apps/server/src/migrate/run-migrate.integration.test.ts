import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createEmptyDatabase, type TestDatabase } from '@latchkey/database/testing';
import { Client } from 'pg';
import { afterEach, beforeEach, expect, test } from 'vitest';

const MAIN = new URL('./main.ts', import.meta.url).pathname;

let directory: string;
let database: TestDatabase;

beforeEach(async () => {
  directory = await mkdtemp(path.join(tmpdir(), 'latchkey-migrate-'));
  database = await createEmptyDatabase();
});
afterEach(async () => {
  await database.drop();
  await rm(directory, { recursive: true });
});

function migrate(...parameters: string[]): Promise<{ code: number; out: string; err: string }> {
  const env = { DATABASE_URL: database.url, LATCHKEY_DATA_DIR: path.join(directory, 'data') };
  return new Promise((resolve) => {
    execFile(process.execPath, [MAIN, ...parameters], { env }, (error, out, err) => resolve({ code: Number(error?.code ?? 0), out, err }));
  });
}

test('check tells an empty database from a migrated one, and up makes the one into the other, once', async () => {
  expect(await migrate('check')).toMatchObject({ code: 1, err: expect.stringContaining('create table "api_tokens"') });
  expect(await migrate()).toMatchObject({ code: 0, out: expect.stringMatching(/^Migrated: 0001-.*, 0002-/) });
  expect(await migrate('up')).toMatchObject({ code: 0, out: 'The tables are up to date.\n' });
  expect(await migrate('check')).toMatchObject({ code: 0, out: 'The tables are as this version expects them.\n', err: '' });
});

test('check names what somebody changed by hand', async () => {
  await migrate();
  const client = new Client({ connectionString: database.url });
  await client.connect();
  await client.query('alter table api_tokens drop column description');
  await client.end();
  expect(await migrate('check')).toMatchObject({ code: 1, err: expect.stringContaining('"description"') });
});

test('anything else is answered with how to use it', async () => {
  expect(await migrate('down')).toMatchObject({ code: 1, err: 'Usage: npm run migrate [-- up | check]\n' });
});
