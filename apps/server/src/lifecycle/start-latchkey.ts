import { isRevocable, type TokenPolicy } from '@latchkey/core';
import { type Database, openDatabase } from '@latchkey/database';
import { startEmbeddedPostgres } from '@latchkey/database/embedded';
import type { Logger } from 'pino';
import { buildServer } from '../build-server.ts';
import type { Config } from '../config/config.ts';
import { loadConfigFile } from '../config/load-config-file.ts';
import { loadSecrets, type Secrets } from '../data-directory/load-secrets.ts';
import { openDataDirectory } from '../data-directory/open-data-directory.ts';
import { assertThreadsPossible } from '../thread/assert-threads-possible.ts';
import { assertPortFree } from './assert-port-free.ts';

export interface Latchkey {
  readonly url: string;
  /** Where the first administrator sets up the account; null where there is one. */
  readonly setUpLink: string | null;
  /** Resolves with the reason when it cannot go on. */
  readonly failed: Promise<string>;
  /** Stops accepting, finishes what is in flight, writes everything out, and ends the database. */
  close(): Promise<void>;
}

interface Options {
  readonly config: Config;
  readonly logger: Logger;
  /** Aborted when somebody wants it to stop, perhaps while it still starts. */
  readonly stop: AbortSignal;
  /** What it shows is made up: `fill` writes it into the migrated database before anybody can ask. */
  readonly demo?: { fill(database: Database, secrets: Secrets): Promise<void> };
}

/** Starts every part in order. When one fails, or a stop is asked for, those that were started are closed again, last one first. */
export async function startLatchkey({ config, logger, stop, demo }: Options): Promise<Latchkey> {
  await using parts = new AsyncDisposableStack();
  const { policy, callbacks, warnings } = await loadConfigFile(config.configFile);
  for (const warning of warnings) logger.warn(warning);
  await assertPortFree(config);
  await assertThreadsPossible(config.threads);
  const { dataDirectory, secrets, postgres, database } = await openStorage({ config, policy, logger, parts, stop });
  const migrations = await database.migrate();
  if (migrations.length > 0) logger.info({ migrations }, 'The database was migrated.');
  stop.throwIfAborted();
  await demo?.fill(database, secrets);
  stop.throwIfAborted();

  const server = await buildServer({ config, policy, callbacks, database, dataDirectory, secrets, logger, demo: demo !== undefined });
  parts.defer(() => server.close());
  const { url } = await server.listen();
  const setUpLink = await server.firstRun();
  const started = parts.move();
  return { url, setUpLink, failed: Promise.race([postgres.failed, server.failed]), close: () => started.disposeAsync() };
}

interface StorageOptions {
  readonly config: Config;
  readonly policy: TokenPolicy;
  readonly logger: Logger;
  readonly parts: AsyncDisposableStack;
  readonly stop?: AbortSignal | undefined;
}

/** The data directory, taken for this process, its secrets, and the database that is not migrated yet. */
export async function openStorage({ config, policy, logger, parts, stop }: StorageOptions) {
  const dataDirectory = await openDataDirectory(config.dataDirectory, { holdsDatabase: config.databaseUrl === null });
  parts.defer(() => dataDirectory.close());
  const secrets = await loadSecrets(dataDirectory.path, config);
  stop?.throwIfAborted();
  const postgres = await startPostgres(config, logger, parts);
  stop?.throwIfAborted();
  const database = await openDatabase({
    url: postgres.url,
    now: Date.now,
    logger,
    gateway: config.gatewayName,
    logRetentionDays: config.usageRetentionDays,
    isRevocable: (keyType) => isRevocable(policy, keyType),
  });
  parts.defer(() => database.close());
  return { dataDirectory: dataDirectory.path, secrets, postgres, database };
}

/** The database that was given, or the embedded one. */
async function startPostgres(
  config: Config,
  logger: Logger,
  parts: AsyncDisposableStack,
): Promise<{ url: string; failed: Promise<string> }> {
  if (config.databaseUrl !== null) return { url: config.databaseUrl, failed: new Promise(() => undefined) };
  const postgres = await startEmbeddedPostgres({ dataDirectory: config.dataDirectory, logger });
  parts.defer(() => postgres.stop());
  const failed = new Promise<string>((resolve) => postgres.exited.then((reason) => reason !== null && resolve(reason)));
  return { url: postgres.url, failed };
}
