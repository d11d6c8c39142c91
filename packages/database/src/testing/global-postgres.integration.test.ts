import { existsSync } from 'node:fs';
import { createTokenText } from '@latchkey/core';
import { Client } from 'pg';
import { expect, onTestFinished, test, vi } from 'vitest';
import { setup } from './global-postgres.ts';

/** A run of its own: an address of its PostgreSQL, and its end, which answers what it said and how it failed. */
async function beginRun() {
  let url = '';
  const end = await setup({
    provide(_key, value) {
      url = value;
    },
  });
  let ended = false;
  onTestFinished(async () => {
    if (!ended) await end().catch(() => undefined);
  });
  return {
    url,
    async end() {
      ended = true;
      const write = vi.spyOn(process.stdout, 'write').mockReturnValue(true);
      const failure = await end().then(
        () => null,
        (error: Error) => error.message,
      );
      const said = write.mock.calls.map(([text]) => `${text}`).join('');
      write.mockRestore();
      return { failure, said };
    },
  };
}

async function execute(url: string, ...statements: string[]): Promise<unknown> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    let last: Record<string, unknown> | undefined;
    for (const statement of statements) [last] = (await client.query(statement)).rows;
    return Object.values(last ?? {})[0];
  } finally {
    await client.end();
  }
}

const planting = (prefix: string) => ['create table planted (text text)', `insert into planted values ('${createTokenText(prefix)}')`];

test('a run fails by texts of tokens: in a table that is gone, which the WAL still has, and in a database that nobody has dropped', async () => {
  const run = await beginRun();
  await execute(run.url, ...planting('lk_live_'), 'checkpoint', 'drop table planted', 'checkpoint', 'create database test_left');
  await execute(Object.assign(new URL(run.url), { pathname: '/test_left' }).href, ...planting(''));
  const directory = `${await execute(run.url, 'show data_directory')}`;
  const { failure } = await run.end();
  const [summary, ...places] = (failure ?? '').split(/: (?=test_left)|, /).toSorted();
  expect(summary).toBe('Texts of valid tokens are in the databases and files of the run');
  expect(places).toEqual([
    expect.stringMatching(/^postgres\/base\/\d+\/\d+ \(1\)$/),
    expect.stringMatching(/^postgres\/pg_wal\/[0-9A-F]{24} \(2\)$/),
    'test_left: public.planted (1)',
  ]);
  expect(existsSync(directory)).toBe(false);
});

test('a run in which there is none says how much was searched, and texts of public key types may be kept', async () => {
  const run = await beginRun();
  await execute(run.url, ...planting('pk_live_'));
  const { failure, said } = await run.end();
  expect(failure).toBeNull();
  expect(said).toMatch(/^Secret grep: at least 0 tokens in 0 databases; 0\.0 MB of tables, [3-9]\d\.\d MB of files with WAL searched/);
});
