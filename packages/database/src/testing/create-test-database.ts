import { randomUUID } from 'node:crypto';
import { Client, DatabaseError } from 'pg';
import { inject } from 'vitest';
import { openDatabase } from '../open-database.ts';
import './provided-context.ts';
import { keepInAccount } from './search-account.ts';
import { searchDatabase } from './search-database.ts';
import { refuseLeaks } from './search-files.ts';

export interface TestDatabase {
  readonly url: string;
  /** Ends what is still connected and removes the database. Rejects where the text of a token was in one of its rows. */
  drop(): Promise<void>;
}

const TEMPLATE = 'latchkey_template';
// Test files run at the same time: the first makes the template, the others wait for it under this lock.
const TEMPLATE_LOCK = 727_002;

/** A database of its own for one test or one test file, empty but for the schema. Only in projects whose set-up is `global-postgres.ts`. */
export async function createTestDatabase(): Promise<TestDatabase> {
  const name = `test_${randomUUID().replaceAll('-', '')}`;
  await withMaintenance(async (client) => {
    await ensureTemplate(client);
    // Not through the WAL, which is kept and searched.
    await client.query(`create database ${name} template ${TEMPLATE} strategy file_copy`);
  });
  return { url: databaseUrl(name), drop: () => searchAndDrop(name) };
}

/** A database without tables, for tests of the migrations themselves. */
export async function createEmptyDatabase(): Promise<TestDatabase> {
  const name = `test_${randomUUID().replaceAll('-', '')}`;
  await withMaintenance((client) => client.query(`create database ${name}`));
  return { url: databaseUrl(name), drop: () => searchAndDrop(name) };
}

async function searchAndDrop(name: string): Promise<void> {
  const search = await searchDatabase(databaseUrl(name));
  await withMaintenance((client) => keepInAccount(client, search));
  await dropDatabase(name);
  refuseLeaks(`the rows of ${name}`, search.leaks);
}

const STILL_IN_USE = '55006';

/**
 * PostgreSQL itself waits five seconds for connections that are being closed; to cut those would be an error nobody listens for any more.
 * Whoever still holds one after that is cut off.
 */
async function dropDatabase(name: string): Promise<void> {
  await withMaintenance(async (client) => {
    const drop = `drop database if exists ${name}`;
    await client.query(drop).catch((error: unknown) => {
      if (error instanceof DatabaseError && error.code === STILL_IN_USE) return client.query(`${drop} with (force)`);
      throw error;
    });
  });
}

async function ensureTemplate(client: Client): Promise<void> {
  await client.query('select pg_advisory_lock($1)', [TEMPLATE_LOCK]);
  try {
    const { rowCount } = await client.query('select from pg_database where datname = $1', [TEMPLATE]);
    if (rowCount === 0) await createTemplate(client);
  } finally {
    await client.query('select pg_advisory_unlock($1)', [TEMPLATE_LOCK]);
  }
}

/** The name appears last: a template whose migrations failed is made again by the next test, which then fails with the same message. */
async function createTemplate(client: Client): Promise<void> {
  const unfinished = `${TEMPLATE}_unfinished`;
  await client.query(`drop database if exists ${unfinished} with (force)`);
  await client.query(`create database ${unfinished}`);
  const database = await openDatabase({ url: databaseUrl(unfinished) });
  await database.migrate().finally(() => database.close());
  await client.query(`alter database ${unfinished} rename to ${TEMPLATE}`);
}

async function withMaintenance<Result>(work: (client: Client) => Promise<Result>): Promise<Result> {
  const client = new Client({ connectionString: inject('pgUrl') });
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}

function databaseUrl(name: string): string {
  const url = new URL(inject('pgUrl'));
  url.pathname = `/${name}`;
  return url.href;
}
