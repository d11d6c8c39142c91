import { Migrator } from '@mikro-orm/migrations';
import { MikroORM, type Options } from '@mikro-orm/postgresql';
import { AuditEntry } from './admin/audit-entry-entity.ts';
import type { DatabaseLogger } from './database-logger.ts';
import { migrations } from './migrations/migrations.ts';
import { Token } from './token/token-entity.ts';

/** The entities that the tables are compared with. */
const entities: NonNullable<Options['entities']> = [Token, AuditEntry];

/** The write model. Connects at the first use; every operation takes a fork of `em`. */
export function createOrm(url: string, logger: DatabaseLogger): MikroORM {
  return new MikroORM({
    entities,
    dbName: decodeURIComponent(new URL(url).pathname.slice(1)) || 'postgres',
    driverOptions: { connectionString: url, application_name: 'latchkey', max: 5, connectionTimeoutMillis: 5_000, keepAlive: true },
    extensions: [Migrator],
    forceUtcTimezone: true,
    colors: false,
    logger: (message) => logger.warn({}, message),
    migrations: { migrationsList: migrations, snapshot: false },
    schemaGenerator: { ignoreTriggers: true },
  });
}
