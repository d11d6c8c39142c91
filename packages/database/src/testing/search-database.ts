import { findTokenTexts } from '@latchkey/core/testing';
import { Client } from 'pg';
import type { Search } from './search-files.ts';

/** A search through all rows of a database. */
export interface DatabaseSearch extends Search {
  /** How many tokens have a text that could have been found, at least: what fixtures make up ends in small letters or in digits alone. */
  readonly tokens: number;
}

interface Table {
  readonly name: string;
  readonly bytes: string;
}

// What is longer than a page is compressed in the files; here it is not.
const TABLES = `
  select format('%I.%I', n.nspname, c.relname) as name, pg_table_size(c.oid) as bytes
  from pg_class c join pg_namespace n on n.oid = c.relnamespace
  where c.relkind = 'r' and n.nspname !~ '^pg_' and n.nspname <> 'information_schema' and pg_relation_size(c.oid) > 0`;
const LAST_OF_TEXT = `last4 !~ '^([a-z]+|[0-9]+)$'`;

/** Searches every row as text. `viewable_text` may have the texts of public key types; nothing else may have any. */
export async function searchDatabase(url: string): Promise<DatabaseSearch> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    const { rows: tables } = await client.query<Table>(TABLES);
    const bytes = tables.reduce((sum, table) => sum + Number(table.bytes), 0);
    return { bytes, leaks: await findLeaks(client, tables), tokens: await countTokens(client, tables) };
  } finally {
    await client.end();
  }
}

async function findLeaks(client: Client, tables: readonly Table[]): Promise<Map<string, number>> {
  const leaks = new Map<string, number>();
  if (tables.length === 0) return leaks;
  const rowsOf = ({ name }: Table) => `select '${name}' as name, t::text as row from only ${name} t where t::text ~ '[0-9A-Za-z]{42}'`;
  const { rows } = await client.query<{ name: string; row: string }>(tables.map(rowsOf).join(' union all '));
  for (const { name, row } of rows) {
    const leaked = findTokenTexts(row).filter(({ isViewable }) => !(isViewable && name === 'public.api_tokens'));
    if (leaked.length > 0) leaks.set(name, (leaks.get(name) ?? 0) + leaked.length);
  }
  return leaks;
}

async function countTokens(client: Client, tables: readonly Table[]): Promise<number> {
  if (!tables.some(({ name }) => name === 'public.api_token_secrets')) return 0;
  const { rows } = await client.query<{ count: number }>(`select count(*)::int as count from api_token_secrets where ${LAST_OF_TEXT}`);
  return rows[0]?.count ?? 0;
}
