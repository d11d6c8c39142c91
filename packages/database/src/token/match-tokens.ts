import type { SqlParameters } from '../sql-parameters.ts';
import type { TokenQuery } from './token-store.ts';

/** The condition on `t` that finds what a query searches for; `true` for one that searches for nothing. */
export function matchTokens({ q, digests }: Pick<TokenQuery, 'q' | 'digests'>, { bind }: SqlParameters): string {
  const conditions: string[] = [];
  // No stored text can hold a NUL, and the server refuses it even in a pattern.
  const text = q?.replaceAll('\0', '').trim();
  if (text) {
    const pattern = bind(`%${text.replace(/[\\%_]/g, '\\$&')}%`);
    const parts = ['name', 'description', 'prefix', 'start', 'last4'].map((column) => `t.${column} ilike ${pattern}`);
    conditions.push(`(${parts.join(' or ')} or t.id::text = ${bind(text)})`);
  }
  if (digests) {
    const list = `unnest(${bind(digests.map(({ digest }) => Buffer.from(digest)))}::bytea[],
      ${bind(digests.map(({ algorithm }) => algorithm))}::text[], ${bind(digests.map(({ secretVersion }) => secretVersion))}::bigint[])`;
    conditions.push(`(t.digest, t.digest_algorithm::text, t.secret_version) in (select * from ${list})`);
  }
  return conditions.join(' and ') || 'true';
}
