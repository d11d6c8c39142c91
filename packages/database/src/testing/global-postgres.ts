import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { TestProject } from 'vitest/node';
import { startEmbeddedPostgres } from '../embedded/index.ts';
import './provided-context.ts';

const silent = () => undefined;
const logger = { debug: silent, info: silent, warn: silent, error: silent };

/** Set-up of a test run: one PostgreSQL for all its files, which each make databases of their own in it. Gone when the run ends. */
export async function setup(project: TestProject): Promise<() => Promise<void>> {
  const dataDirectory = await mkdtemp(path.join(tmpdir(), 'latchkey-test-'));
  await chmod(dataDirectory, 0o711);
  const settings = { max_connections: '300', shared_buffers: '64MB' };
  const database = await startEmbeddedPostgres({ dataDirectory, logger, durable: false, settings });
  project.provide('pgUrl', database.url);
  return async () => {
    await database.stop();
    await rm(dataDirectory, { recursive: true, force: true });
  };
}
