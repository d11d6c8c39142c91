import { Pool, TypeOverrides } from 'pg';
import type { DatabaseLogger } from './database-logger.ts';

const INT8 = 20;
const NUMERIC = 1700;

export interface PoolOptions {
  readonly url: string;
  /** Shown in `pg_stat_activity`. */
  readonly name: string;
  readonly max: number;
  /** The server ends a statement after this; a little later the client gives the connection up. */
  readonly statementTimeoutMs: number;
  readonly connectTimeoutMs: number;
  readonly logger: DatabaseLogger;
}

/** A pool that answers `bigint` and `numeric` as numbers: nothing counted here comes near 2^53. */
export function createPool(options: PoolOptions): Pool {
  const pool = new Pool({
    connectionString: options.url,
    application_name: options.name,
    max: options.max,
    statement_timeout: options.statementTimeoutMs,
    // A host that went away without a word answers no statement and cancels none.
    query_timeout: options.statementTimeoutMs + 1_000,
    connectionTimeoutMillis: options.connectTimeoutMs,
    idleTimeoutMillis: 60_000,
    keepAlive: true,
    types: numbersAsNumbers(),
  });
  // The pool has dropped the idle connection already; without a listener the event would end the process.
  pool.on('error', (error) => options.logger.warn({ error: error.message }, 'An idle database connection was lost'));
  return pool;
}

function numbersAsNumbers(): TypeOverrides {
  const types = new TypeOverrides();
  types.setTypeParser(INT8, Number);
  types.setTypeParser(NUMERIC, Number);
  return types;
}
