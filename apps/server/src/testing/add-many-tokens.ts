import pg from 'pg';
import { embeddedDatabaseUrl } from './latchkey-process.ts';

/** Puts `count` tokens, `bulk-00001` and so on, past the API into the embedded database of a data directory: every fifth is switched off. */
export async function addManyTokens(dataDirectory: string, count: number): Promise<void> {
  const client = new pg.Client({ connectionString: await embeddedDatabaseUrl(dataDirectory) });
  await client.connect();
  await client.query(
    `insert into api_tokens (name, environment, prefix, start, last4, scopes, rate_limit_max, active)
     select 'bulk-' || lpad(n::text, 5, '0'), 'live', 'lk_live_', 'lk_live_ab', lpad((n % 10000)::text, 4, '0'), '{}', 100, n % 5 <> 0
     from generate_series(1, $1::integer) as n`,
    [count],
  );
  await client.end();
}
