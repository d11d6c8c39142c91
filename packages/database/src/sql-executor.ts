import type { Pool, PoolClient } from 'pg';

/** A statement that is ready to run. */
export interface SqlStatement {
  readonly text: string;
  readonly values: readonly unknown[];
}

/** Runs one SQL statement with `$1…` parameters: on a pool, on a connection, or inside an open transaction. */
export interface SqlExecutor {
  query<Row>(text: string, values?: readonly unknown[]): Promise<Row[]>;
}

/** Of a pool, each statement by itself on any connection; of a client, on that connection and in its transaction. */
export function executorOf(connection: Pool | PoolClient): SqlExecutor {
  return {
    async query<Row>(text: string, values: readonly unknown[] = []): Promise<Row[]> {
      const { rows } = await connection.query(text, [...values]);
      return rows as Row[];
    },
  };
}
