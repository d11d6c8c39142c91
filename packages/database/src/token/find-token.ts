import type { TokenDigest, TokenRecord } from '@latchkey/core';
import type { Pool } from 'pg';
import type { SqlExecutor } from '../sql-executor.ts';

interface Row extends Omit<TokenRecord, 'rateLimit'> {
  digest: Buffer;
  digestAlgorithm: string;
  secretVersion: number;
  rateLimitMax: number | null;
  rateLimitWindowMs: number;
  rateLimitAlgorithm: 'fixed' | 'sliding';
  rateLimitEnabled: boolean;
}

const epoch = (column: string) => `(extract(epoch from ${column}) * 1000)::float8`;

const SELECT = `select id, version::float8 as version, name, config_id as "configId", owner_type as "ownerType", owner_id as "ownerId",
      key_type as "keyType", environment, active, ${epoch('not_before')} as "notBefore", ${epoch('expires_at')} as "expiresAt",
      ${epoch('revoked_at')} as "revokedAt", allowed_endpoints as "allowedEndpoints", scopes, permissions, strict,
      rate_limit_max as "rateLimitMax", rate_limit_window_ms::float8 as "rateLimitWindowMs", rate_limit_algorithm as "rateLimitAlgorithm",
      rate_limit_enabled as "rateLimitEnabled", digest, digest_algorithm as "digestAlgorithm", secret_version::float8 as "secretVersion"
    from api_tokens`;

/** Named, so that each connection parses and plans it once. */
const STATEMENT = { name: 'find-token-by-digest', text: `${SELECT} where digest = any($1::bytea[])` };

/** The token stored under one of the digests, made by the same algorithm and secret; `null` where there is none. */
export async function findToken(pool: Pool, candidates: readonly TokenDigest[]): Promise<TokenRecord | null> {
  if (candidates.length === 0) return null;
  const digests = candidates.map(({ digest }) => Buffer.from(digest));
  const { rows } = await pool.query<Row>({ ...STATEMENT, values: [digests] });
  const row = rows.find((stored) => candidates.some((candidate) => isStoredAs(stored, candidate)));
  return row ? toRecord(row) : null;
}

/** The token of this id as the guard would load it, or `null`. */
export async function readTokenRecord(sql: SqlExecutor, id: number): Promise<TokenRecord | null> {
  const [row] = await sql.query<Row>(`${SELECT} where id = $1`, [id]);
  return row ? toRecord(row) : null;
}

function isStoredAs(row: Row, { algorithm, secretVersion, digest }: TokenDigest): boolean {
  return row.digestAlgorithm === algorithm && row.secretVersion === secretVersion && row.digest.equals(digest);
}

function toRecord(row: Row): TokenRecord {
  const { digest, digestAlgorithm, secretVersion, rateLimitMax, rateLimitWindowMs, rateLimitAlgorithm, rateLimitEnabled, ...same } = row;
  const limited = rateLimitEnabled && rateLimitMax !== null;
  return { ...same, rateLimit: limited ? { max: rateLimitMax, windowMs: rateLimitWindowMs, algorithm: rateLimitAlgorithm } : null };
}
