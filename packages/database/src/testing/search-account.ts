import { Client } from 'pg';
import { type DatabaseSearch, searchDatabase } from './search-database.ts';

/** What was searched in all databases of a run. */
export interface SearchAccount {
  readonly databases: number;
  readonly tokens: number;
  readonly bytes: number;
}

/** Where the processes that run tests leave what they have searched: in the database that no test uses. */
export async function openAccount(url: string): Promise<void> {
  await connected(url, (client) => client.query('create table searches (tokens int not null, bytes bigint not null)'));
}

export async function keepInAccount(client: Client, { tokens, bytes }: DatabaseSearch): Promise<void> {
  await client.query('insert into searches values ($1, $2)', [tokens, bytes]);
}

/** Searches the databases that were not dropped, too: of a test that failed, perhaps. */
export async function closeAccount(url: string): Promise<{ account: SearchAccount; leaks: ReadonlyMap<string, number> }> {
  return connected(url, async (client) => {
    const leaks = new Map<string, number>();
    const left = await client.query<{ name: string }>(`select datname as name from pg_database where datname like 'test\\_%'`);
    for (const { name } of left.rows) {
      const search = await searchDatabase(Object.assign(new URL(url), { pathname: `/${name}` }).href);
      for (const [table, count] of search.leaks) leaks.set(`${name}: ${table}`, count);
      await keepInAccount(client, search);
    }
    const { rows } = await client.query<SearchAccount>(
      'select count(*)::int as databases, coalesce(sum(tokens), 0)::int as tokens, coalesce(sum(bytes), 0)::float8 as bytes from searches',
    );
    return { account: rows[0] as SearchAccount, leaks };
  });
}

async function connected<Result>(url: string, work: (client: Client) => Promise<Result>): Promise<Result> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}
