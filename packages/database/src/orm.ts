import { Migrator } from '@mikro-orm/migrations';
import { MikroORM, type Options } from '@mikro-orm/postgresql';
import { AuditEntry } from './admin/audit-entry-entity.ts';
import { createDialect } from './create-dialect.ts';
import { createUnitOfWorkPool } from './create-pool.ts';
import type { DatabaseLogger } from './database-logger.ts';
import { Event } from './event/event-entity.ts';
import { LeakReport } from './leak/leak-report-entity.ts';
import { migrations } from './migrations/migrations.ts';
import { PortalSession } from './portal/portal-session-entity.ts';
import { Token } from './token/token-entity.ts';
import { TokenSecret } from './token/token-secret-entity.ts';
import { usageEntities } from './usage/usage-entities.ts';
import { webhookEntities } from './webhook/webhook-entities.ts';

/** The entities that the tables are compared with. */
const entities: NonNullable<Options['entities']> = [
  Token,
  TokenSecret,
  AuditEntry,
  PortalSession,
  ...usageEntities,
  Event,
  ...webhookEntities,
  LeakReport,
];

/** Longer than any single change of tokens takes. */
const SILENCE_MS = 35_000;

/** The write model. Connects at its first use; every operation takes a fork of `em`. */
export function createOrm(url: string, logger: DatabaseLogger): MikroORM {
  return openOrm(url, logger, SILENCE_MS);
}

/** For migrations: statements may take as long as they need. */
export async function withPatientOrm<Result>(
  url: string,
  logger: DatabaseLogger,
  work: (orm: MikroORM) => Promise<Result>,
): Promise<Result> {
  const orm = openOrm(url, logger);
  try {
    return await work(orm);
  } finally {
    await orm.close();
  }
}

function openOrm(url: string, logger: DatabaseLogger, silenceMs?: number): MikroORM {
  const pool = createUnitOfWorkPool({ url, logger }, silenceMs);
  return new MikroORM({
    entities,
    dbName: decodeURIComponent(new URL(url).pathname.slice(1)) || 'postgres',
    // A function, because options that are objects are copied.
    driverOptions: () => createDialect(pool),
    extensions: [Migrator],
    forceUtcTimezone: true,
    colors: false,
    logger: (message) => logger.info({}, message),
    migrations: { migrationsList: migrations, snapshot: false },
    schemaGenerator: { ignoreTriggers: true },
  });
}
