import type { Pool } from 'pg';

/** Stands in for a pool where a test decides when a query is answered, and how: a database that hangs for as long as it is told to. */
export function createHeldPool() {
  const queries: PromiseWithResolvers<{ rows: unknown[] }>[] = [];
  const query = () => {
    const held = Promise.withResolvers<{ rows: unknown[] }>();
    queries.push(held);
    return held.promise;
  };
  return { pool: { query } as unknown as Pool, queries };
}
