import { openDatabase } from '@latchkey/database';
import { Client } from 'pg';

export interface UsageDatabase {
  readonly client: Client;
  /** Rows of the log, and what the rollups of all tokens add up to: the same number where all is well. */
  count(): Promise<{ rows: number; requests: number }>;
  close(): Promise<void>;
}

/** A migrated database with tokens of the ids from 1 on. `url`: of an empty database. */
export async function openUsageDatabase(url: string, tokens: number): Promise<UsageDatabase> {
  const database = await openDatabase({ url });
  await database.migrate();
  await database.partitionJob.run();
  await database.close();
  const client = new Client({ connectionString: url });
  await client.connect();
  await client.query(
    `insert into api_tokens (name, prefix, start, last4) select 'bench ' || n, 'lk_live_', 'lk_liv', 'benc' from generate_series(1, $1::int) as n`,
    [tokens],
  );
  return {
    client,
    async count() {
      const { rows } = await client.query<{ rows: number; requests: number }>(
        `select (select count(*) from api_token_usage)::float8 as rows, (select coalesce(sum(requests), 0) from usage_hour)::float8 as requests`,
      );
      return rows[0] ?? { rows: 0, requests: 0 };
    },
    close: () => client.end(),
  };
}
