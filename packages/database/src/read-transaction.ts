import type { Pool } from 'pg';
import { rollBack } from './roll-back.ts';
import { executorOf, type SqlExecutor } from './sql-executor.ts';

/** A report that takes longer is of no use to anyone, and holds up the others. */
const STATEMENT_TIMEOUT_MS = 10_000;

/**
 * All statements of one answer see the same state, so that its parts add up. Compiling these statements would cost a hundred times
 * what they take, and starting workers for them as much again, hence neither.
 */
export async function inReadTransaction<T>(pool: Pool, work: (executor: SqlExecutor) => Promise<T>): Promise<T> {
  const client = await pool.connect();
  try {
    await client.query(
      `begin isolation level repeatable read read only; set local jit = off; set local max_parallel_workers_per_gather = 0;
       set local statement_timeout = ${STATEMENT_TIMEOUT_MS}`,
    );
    const result = await work(executorOf(client));
    await client.query('commit');
    client.release();
    return result;
  } catch (error) {
    await rollBack(client, error);
    throw error;
  }
}
