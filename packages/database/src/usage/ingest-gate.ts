import type { SqlExecutor } from '../sql-executor.ts';

const INGEST_LOCK = 727_008;

/**
 * Before a batch locks the rows of its tokens (`for key share`). Those locks suit each other, so several writers can hold the row of a busy
 * token without a gap between them, and who wants to delete it would wait for ever.
 */
export async function enterIngest(executor: SqlExecutor): Promise<void> {
  await executor.query('select pg_advisory_xact_lock_shared($1)', [INGEST_LOCK]);
}

/** Before the row of a token is locked `for update`: waits for the batches under way, and later ones wait for the end of the transaction. */
export async function holdIngest(executor: SqlExecutor): Promise<void> {
  await executor.query('select pg_advisory_xact_lock($1)', [INGEST_LOCK]);
}
