import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { TestProject } from 'vitest/node';
import { type EmbeddedPostgres, startEmbeddedPostgres } from '../embedded/index.ts';
import { closeAccount, openAccount, type SearchAccount } from './search-account.ts';
import { refuseLeaks, type Search, searchFiles } from './search-files.ts';
import './provided-context.ts';

const silent = () => undefined;
const logger = { debug: silent, info: silent, warn: silent, error: silent };
/** All WAL of the run stays, to be searched. */
const settings = { max_connections: '300', shared_buffers: '64MB', wal_keep_size: '1TB' };

/**
 * Set-up of a test run: one PostgreSQL for all its files, which each make databases of their own in it. Gone when the run ends – and before,
 * it is searched for the texts of tokens, of which every test that makes one leaves a chance to be found. One makes the run fail.
 */
export async function setup(project: Pick<TestProject, 'provide'>): Promise<() => Promise<void>> {
  const dataDirectory = await mkdtemp(path.join(tmpdir(), 'latchkey-test-'));
  await chmod(dataDirectory, 0o711);
  const database = await startEmbeddedPostgres({ dataDirectory, logger, durable: false, settings });
  await openAccount(database.url);
  project.provide('pgUrl', database.url);
  return async () => {
    try {
      await searchAndStop(database, dataDirectory);
    } finally {
      await database.stop();
      await rm(dataDirectory, { recursive: true, force: true });
    }
  };
}

async function searchAndStop(database: EmbeddedPostgres, dataDirectory: string): Promise<void> {
  const { account, leaks } = await closeAccount(database.url);
  // Everything is in the files then.
  await database.stop();
  const startedAt = performance.now();
  const files = searchFiles(dataDirectory);
  process.stdout.write(describeSearch(account, files, performance.now() - startedAt));
  refuseLeaks('the databases and files of the run', new Map([...leaks, ...files.leaks]));
}

function describeSearch({ tokens, databases, bytes }: SearchAccount, files: Search, tookMs: number): string {
  const megabytes = (count: number) => `${(count / 1e6).toFixed(1)} MB`;
  const canaries = `at least ${tokens.toLocaleString('en')} tokens in ${databases} databases`;
  const searched = `${megabytes(bytes)} of tables, ${megabytes(files.bytes)} of files with WAL`;
  return `Secret grep: ${canaries}; ${searched} searched for their texts, the files in ${(tookMs / 1000).toFixed(1)} s.\n`;
}
