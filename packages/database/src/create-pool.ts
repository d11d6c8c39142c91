import { Socket } from 'node:net';
import { Pool, type PoolConfig, TypeOverrides } from 'pg';
import type { DatabaseLogger } from './database-logger.ts';

const INT8 = 20;
const NUMERIC = 1700;
const DATE_TYPES = [1082, 1114, 1184, 1186];

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
  const types = new TypeOverrides();
  for (const type of [INT8, NUMERIC]) types.setTypeParser(type, Number);
  return openPool(options, {
    max: options.max,
    statement_timeout: options.statementTimeoutMs,
    // A host that went away without a word answers no statement and cancels none.
    query_timeout: options.statementTimeoutMs + 1_000,
    connectionTimeoutMillis: options.connectTimeoutMs,
    idleTimeoutMillis: 60_000,
    types,
  });
}

const IDLE_MS = 10_000;

/**
 * A pool for the unit of work, which parses dates itself. A connection that was silent for `silenceMs` is cut off, whatever it waits
 * for; without it, statements may take as long as they need.
 */
export function createUnitOfWorkPool(options: Pick<PoolOptions, 'url' | 'logger'>, silenceMs?: number): Pool {
  const types = new TypeOverrides();
  for (const type of DATE_TYPES) types.setTypeParser(type, (text: string) => text);
  const limits = silenceMs === undefined ? {} : { statement_timeout: silenceMs - 5_000, stream: () => cutAfter(silenceMs) };
  return openPool(
    { ...options, name: 'latchkey-write' },
    { max: 5, connectionTimeoutMillis: 5_000, idleTimeoutMillis: IDLE_MS, types, ...limits },
  );
}

function openPool({ url, name, logger }: Pick<PoolOptions, 'url' | 'name' | 'logger'>, config: PoolConfig): Pool {
  const pool = new Pool({ connectionString: url, application_name: name, keepAlive: true, ...config });
  // An `error` event that nobody listens to ends the process. The pool listens to connections at rest only, and passes that on; the
  // statement under way, if there is one, fails by itself.
  const onLost = (error: Error) => {
    // What is about to be closed is no loss: a database that is stopped next may be quicker.
    if (!pool.ending) logger.warn({ error: error.message }, 'A database connection was lost');
  };
  pool.on('error', onLost);
  pool.on('connect', (client) => client.on('error', onLost));
  return pool;
}

function cutAfter(silenceMs: number): Socket {
  const socket = new Socket();
  return socket.setTimeout(silenceMs, () => socket.destroy(new Error('Connection terminated: the database was silent for too long')));
}
