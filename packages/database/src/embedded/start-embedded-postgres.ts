import { setTimeout as delay } from 'node:timers/promises';
import { Client } from 'pg';
import { type Cluster, clusterDirectory, openCluster, SUPERUSER } from './cluster.ts';
import type { EmbeddedPostgresLogger } from './embedded-postgres-logger.ts';
import { preparePostgresRuntime, removeOldRuntimes } from './postgres-runtime.ts';
import { choosePostgresUser } from './postgres-user.ts';
import { findFreePort, type Postmaster, PostmasterStartError, startPostmaster } from './postmaster.ts';
import { stopAbandonedPostmaster } from './take-over.ts';

export interface EmbeddedPostgresOptions {
  /**
   * Absolute path of an existing directory that the caller holds alone. The cluster becomes `postgres` in it and its password the file
   * `postgres-password` (0600).
   */
  readonly dataDirectory: string;
  readonly logger: EmbeddedPostgresLogger;
  /** PostgreSQL settings by name. The ones that keep it on loopback, silent and password-protected cannot be changed. Default: none. */
  readonly settings?: Readonly<Record<string, string>>;
  /** False for throw-away clusters: nothing is forced to disk and a power cut may destroy it. Default: true. */
  readonly durable?: boolean;
}

export interface EmbeddedPostgres {
  /** With user and password; the same for as long as this object lives, restarts included. */
  readonly url: string;
  /** Resolves with the reason when the database is down for good: `null` after `stop()`, otherwise a sentence. Never rejects. */
  readonly exited: Promise<string | null>;
  /** Ends every connection, writes everything out, and resolves when the process has gone. May be called again. */
  stop(): Promise<void>;
}

const DATABASE = 'latchkey';
const EPHEMERAL_SETTINGS = { fsync: 'off', synchronous_commit: 'off', full_page_writes: 'off' };
const MAX_RESTARTS_PER_MINUTE = 5;

/**
 * A real PostgreSQL in a child process, on 127.0.0.1 only, behind a generated password. It is started again when it dies, at most five
 * times a minute; one that a killed predecessor left running is stopped first. Root hands it to an unprivileged user.
 *
 * Rejects with one sentence for people: no binaries for this platform, a cluster of another major version, PostgreSQL's own complaint.
 */
export async function startEmbeddedPostgres(options: EmbeddedPostgresOptions): Promise<EmbeddedPostgres> {
  const { dataDirectory, logger, durable = true } = options;
  const user = choosePostgresUser(clusterDirectory(dataDirectory));
  const runtime = await preparePostgresRuntime(dataDirectory, user);
  const cluster = await openCluster(dataDirectory, user, runtime, durable);
  await removeOldRuntimes(dataDirectory, runtime);
  if (await stopAbandonedPostmaster(cluster.directory))
    logger.warn({ part: 'postgres' }, 'Stopped the PostgreSQL of a Latchkey that was killed.');

  const settings = { ...options.settings, ...(durable ? {} : EPHEMERAL_SETTINGS) };
  const { port, postmaster } = await startOnFreePort(cluster, settings, logger);
  const url = `postgres://${SUPERUSER}:${cluster.password}@127.0.0.1:${port}/${DATABASE}`;
  await createDatabase(url, postmaster);
  return { url, ...supervise(postmaster, () => startPatiently(cluster, { port, settings, logger }), logger) };
}

/** Another program may take the port between the look and the start; then another port is taken. */
async function startOnFreePort(cluster: Cluster, settings: Readonly<Record<string, string>>, logger: EmbeddedPostgresLogger) {
  for (let attempt = 1; ; attempt += 1) {
    const port = await findFreePort();
    try {
      return { port, postmaster: await startPatiently(cluster, { port, settings, logger }) };
    } catch (error) {
      if (attempt === 5 || !isStartError(error, 'could not create any TCP/IP sockets')) throw error;
    }
  }
}

/**
 * After a kill the old postmaster can stay a zombie, and its backends can hold its shared memory, for some seconds. PostgreSQL takes
 * both for a running server, and nobody but init can tell when it is over: try again for a while.
 */
async function startPatiently(cluster: Cluster, options: Parameters<typeof startPostmaster>[1]): Promise<Postmaster> {
  for (const end = performance.now() + 20_000; ; await delay(250)) {
    try {
      return await startPostmaster(cluster, options);
    } catch (error) {
      const passing = isStartError(error, 'postmaster.pid') || isStartError(error, 'pre-existing shared memory block');
      if (!passing || performance.now() > end) throw error;
    }
  }
}

function isStartError(error: unknown, text: string): boolean {
  return error instanceof PostmasterStartError && error.lines.some((line) => line.includes(text));
}

async function createDatabase(url: string, postmaster: Postmaster): Promise<void> {
  const address = new URL(url);
  address.pathname = '/postgres';
  const client = new Client({ connectionString: address.href });
  try {
    await client.connect();
    const { rowCount } = await client.query('select from pg_database where datname = $1', [DATABASE]);
    if (rowCount === 0) await client.query(`create database ${DATABASE}`);
    await client.end();
  } catch (error) {
    await postmaster.stop();
    throw error;
  }
}

function supervise(first: Postmaster, restart: () => Promise<Postmaster>, logger: EmbeddedPostgresLogger): Omit<EmbeddedPostgres, 'url'> {
  let stopping = false;
  let current: Promise<Postmaster> = Promise.resolve(first);
  let recentRestarts: number[] = [];

  async function watch(): Promise<string | null> {
    for (;;) {
      const ending = await (await current).exited;
      if (stopping) return null;
      recentRestarts = [...recentRestarts.filter((at) => at > performance.now() - 60_000), performance.now()];
      if (recentRestarts.length > MAX_RESTARTS_PER_MINUTE) return `PostgreSQL died again and again (${ending}).`;
      logger.error({ part: 'postgres', ending }, 'PostgreSQL died; starting it again.');
      current = restart();
    }
  }
  const exited = watch().catch((error: unknown) => (stopping ? null : `PostgreSQL cannot be started again: ${String(error)}`));

  async function stop(): Promise<void> {
    stopping = true;
    await current.then((postmaster) => postmaster.stop()).catch(() => undefined);
    await exited;
  }
  return { exited, stop };
}
