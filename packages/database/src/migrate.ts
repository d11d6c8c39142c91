import type { MikroORM } from '@mikro-orm/postgresql';

const MIGRATION_LOCK = 727_001;

/**
 * Applies what is missing and answers its names. All of it or nothing: one transaction, under a lock, so that of several processes
 * that start at once one migrates and the others find nothing to do.
 */
export async function migrate(orm: MikroORM, to?: string): Promise<string[]> {
  return orm.em.fork().transactional(async (em) => {
    await em.execute('select pg_advisory_xact_lock(?)', [MIGRATION_LOCK]);
    const applied = await orm.migrator.up({ transaction: em.getTransactionContext(), ...(to ? { to } : {}) });
    return applied.map(({ name }) => name);
  });
}

/** The statements that would turn the tables into what the entities say; `''`: no difference. Tables without an entity are left out. */
export async function readSchemaDifference(orm: MikroORM): Promise<string> {
  const { up } = await orm.schema.getUpdateSchemaMigrationSQL({ wrap: false, dropTables: false });
  return up.trim();
}
