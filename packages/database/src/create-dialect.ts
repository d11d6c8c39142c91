import { type Dialect, type Driver, PostgresDialect } from 'kysely';
import type { Pool } from 'pg';

/**
 * Kysely over a pool. Its controlled transactions (0.29) keep a connection for good where `begin` or `rollback` fails on it, as they do
 * when the database goes away; a handful of those, and the pool waits for ever. Here the connection goes back, and the pool drops it.
 */
export function createDialect(pool: Pool): Dialect {
  const dialect = new PostgresDialect({ pool });
  return {
    createAdapter: () => dialect.createAdapter(),
    createDriver: () => givingBack(dialect.createDriver()),
    createIntrospector: (db) => dialect.createIntrospector(db),
    createQueryCompiler: () => dialect.createQueryCompiler(),
  };
}

function givingBack(driver: Driver): Driver {
  const begin = driver.beginTransaction.bind(driver);
  const rollback = driver.rollbackTransaction.bind(driver);
  driver.beginTransaction = async (connection, settings) => {
    try {
      await begin(connection, settings);
    } catch (error) {
      await driver.releaseConnection(connection);
      throw error;
    }
  };
  driver.rollbackTransaction = async (connection) => {
    try {
      await rollback(connection);
    } catch (error) {
      await driver.releaseConnection(connection);
      throw error;
    }
  };
  return driver;
}
