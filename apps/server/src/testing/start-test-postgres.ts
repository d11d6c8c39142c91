import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { startEmbeddedPostgres } from '@latchkey/database/embedded';
import { refuseLeaksIn } from '@latchkey/database/testing';

const silent = () => undefined;
const LOGGER = { debug: silent, info: silent, warn: silent, error: silent };

/** A PostgreSQL that several servers share, gone after `close`, which rejects where the text of a token is in its files. As durable as one in earnest: a change waits for the disk. */
export async function startTestPostgres(): Promise<{ readonly url: string; close(): Promise<void> }> {
  const dataDirectory = await mkdtemp(path.join(tmpdir(), 'latchkey-postgres-'));
  await chmod(dataDirectory, 0o711);
  const postgres = await startEmbeddedPostgres({ dataDirectory, logger: LOGGER, settings: { max_connections: '200' } });
  return {
    url: postgres.url,
    async close() {
      await postgres.stop();
      try {
        refuseLeaksIn(dataDirectory, 'the files of a database');
      } finally {
        await rm(dataDirectory, { recursive: true, force: true });
      }
    },
  };
}
