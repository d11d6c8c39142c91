import type { SpoolPosition, SpoolRecord } from '@latchkey/core';
import { Pool } from 'pg';
import { createTestDatabase } from '../testing/index.ts';
import { createUsageReader } from './create-usage-reader.ts';
import type { UsageReader } from './usage-reader.ts';
import { createUsageStore, type UsageStoreOptions } from './usage-store.ts';

/** A migrated database of its own, and what usage needs around it. Only for tests. */
export async function openUsageFixture(start: string, options: Partial<UsageStoreOptions> = {}) {
  const database = await createTestDatabase();
  const pool = new Pool({ connectionString: database.url, max: 8 });
  const clock = { now: Date.parse(start) };
  const now = () => clock.now;
  const store = createUsageStore({ pool, now, ...options });
  const reader: UsageReader = createUsageReader({ pool, now });
  let position: SpoolPosition | null = null;
  return {
    pool,
    clock,
    now,
    store,
    reader,
    async addToken(name: string, columns: Record<string, unknown> = {}): Promise<number> {
      const row = { name, prefix: 'lk_live_', start: 'lk_liv', last4: 'abcd', ...columns };
      const names = Object.keys(row);
      const { rows } = await pool.query<{ id: number }>(
        `insert into api_tokens (${names.join(', ')}) values (${names.map((_, at) => `$${at + 1}`).join(', ')}) returning id`,
        Object.values(row),
      );
      return rows[0]?.id ?? 0;
    },
    async ingest(...records: SpoolRecord[]): Promise<void> {
      const to: SpoolPosition = { segment: 0, offset: (position?.offset ?? 0) + 1 };
      await store.ingest('spool-1', records, position, to);
      position = to;
    },
    async rows(sql: string, values: unknown[] = []): Promise<Record<string, unknown>[]> {
      return (await pool.query(sql, values)).rows;
    },
    async close(): Promise<void> {
      await pool.end();
      await database.drop();
    },
  };
}

export type UsageFixture = Awaited<ReturnType<typeof openUsageFixture>>;
