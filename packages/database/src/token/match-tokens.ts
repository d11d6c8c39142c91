import type { SqlParameters } from '../sql-parameters.ts';
import type { TokenQuery } from './token-store.ts';

type TokenMatch = Pick<TokenQuery, 'q' | 'digests' | 'owner' | 'keyType' | 'keyTypes' | 'environment' | 'configId'>;

/** The condition on `t` that finds what a query searches for; `true` for one that searches for nothing. */
export function matchTokens(query: TokenMatch, { bind }: SqlParameters): string {
  const { q, digests, owner, keyType, keyTypes, environment, configId } = query;
  const conditions: string[] = [];
  if (owner) {
    const owned = `t.owner_type = ${bind(owner.type)} and t.owner_id = ${bind(owner.id)}`;
    conditions.push(owner.orTokenId === undefined ? owned : `(${owned} or t.id = ${bind(owner.orTokenId)})`);
  }
  if (keyType !== undefined) conditions.push(`t.key_type = ${bind(keyType)}`);
  if (keyTypes !== undefined) conditions.push(matchKeyTypes(keyTypes, bind));
  if (environment !== undefined) conditions.push(`t.environment = ${bind(environment)}`);
  if (configId !== undefined) conditions.push(`t.config_id = ${bind(configId)}`);
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
    conditions.push(`t.id in (select s.token_id from api_token_secrets s
      where (s.digest, s.digest_algorithm::text, s.secret_version) in (select * from ${list})
        or (s.former_digest, s.former_algorithm::text, s.former_version) in (select * from ${list}))`);
  }
  return conditions.join(' and ') || 'true';
}

function matchKeyTypes(keyTypes: NonNullable<TokenQuery['keyTypes']>, bind: SqlParameters['bind']): string {
  if ('except' in keyTypes) return `(t.key_type is null or not t.key_type = any(${bind(keyTypes.except)}::text[]))`;
  const named = `t.key_type = any(${bind(keyTypes.in.filter((type) => type !== null))}::text[])`;
  return keyTypes.in.includes(null) ? `(t.key_type is null or ${named})` : named;
}
