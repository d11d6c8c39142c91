import type { PoolClient } from 'pg';
import { isConnectionEnded } from './database-failure.ts';

const ROLLBACK = { text: 'rollback', query_timeout: 1_000 };

/**
 * Ends a transaction that failed with `error`, and gives its connection back to the pool, or up where it can not even roll back. One that
 * PostgreSQL has ended is not asked: where something on the way keeps the other end open, nobody would ever answer.
 */
export async function rollBack(client: PoolClient, error: unknown): Promise<void> {
  const isBroken =
    isConnectionEnded(error) ||
    (await client.query(ROLLBACK).then(
      () => false,
      () => true,
    ));
  client.release(isBroken);
}
