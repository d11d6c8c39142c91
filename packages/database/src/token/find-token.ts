import { timingSafeEqual } from 'node:crypto';
import type { TokenDigest, TokenRecord, TokenTrial } from '@latchkey/core';
import type { Pool } from 'pg';
import type { SqlExecutor } from '../sql-executor.ts';

export interface TokenRow extends Omit<TokenRecord, 'rateLimit' | 'quota' | 'secretVersion'>, StoredDigest {
  formerDigest: Buffer | null;
  formerAlgorithm: string | null;
  formerVersion: number | null;
  rateLimitMax: number | null;
  rateLimitWindowMs: number;
  rateLimitAlgorithm: 'fixed' | 'sliding';
  rateLimitEnabled: boolean;
  hasQuota: boolean;
  refillAmount: number | null;
  refillIntervalMs: number | null;
  quotaEpoch: number;
}

interface StoredDigest {
  digest: Buffer;
  digestAlgorithm: string;
  secretVersion: number;
}

const epoch = (column: string) => `(extract(epoch from ${column}) * 1000)::float8`;

/** What a look-up reads of a token `t` and the secret `s` by which it was found. */
export const TOKEN_RECORD_COLUMNS = `t.id, t.version::float8 as version, t.name, t.config_id as "configId", t.owner_type as "ownerType",
  t.owner_id as "ownerId", t.key_type as "keyType", t.environment, t.active, ${epoch('t.not_before')} as "notBefore",
  ${epoch('t.expires_at')} as "expiresAt", ${epoch('t.revoked_at')} as "revokedAt", t.allowed_endpoints as "allowedEndpoints", t.scopes,
  t.permissions, t.trial, t.strict, t.rate_limit_max as "rateLimitMax", t.rate_limit_window_ms::float8 as "rateLimitWindowMs",
  t.rate_limit_algorithm as "rateLimitAlgorithm", t.rate_limit_enabled as "rateLimitEnabled", t.limits, t.allowed_ips as "allowedIps",
  t.remaining is not null as "hasQuota", t.refill_amount::float8 as "refillAmount", t.refill_interval_ms::float8 as "refillIntervalMs",
  t.quota_epoch::float8 as "quotaEpoch", coalesce(s.id, 0) as "secretId",
  ${epoch('least(s.expires_at, s.revoked_at)')} as "secretExpiresAt", s.digest, s.digest_algorithm as "digestAlgorithm",
  coalesce(s.secret_version, 0)::float8 as "secretVersion", s.former_digest as "formerDigest", s.former_algorithm as "formerAlgorithm",
  s.former_version::float8 as "formerVersion"`;

/** Named, so that each connection parses and plans it once. */
const STATEMENT = {
  name: 'find-tokens-by-digest',
  text: `select ${TOKEN_RECORD_COLUMNS} from api_token_secrets s join api_tokens t on t.id = s.token_id
    where s.digest = any($1::bytea[]) or s.former_digest = any($1::bytea[])`,
};

/**
 * For each list of digests the token one of whose secrets is stored under one of them, made by the same algorithm and secret; `null` where
 * there is none.
 */
export async function findTokens(pool: Pool, inquiries: readonly (readonly TokenDigest[])[]): Promise<(TokenRecord | null)[]> {
  const digests = inquiries.flat().map(({ digest }) => Buffer.from(digest));
  const { rows } = await pool.query<TokenRow>({ ...STATEMENT, values: [digests] });
  const byDigest = new Map<string, TokenRow>();
  for (const row of rows) {
    for (const digest of [row.digest, row.formerDigest]) if (digest) byDigest.set(digest.toString('latin1'), row);
  }
  return inquiries.map((candidates) => {
    const row = firstStored(candidates, byDigest);
    return row ? toTokenRecord(row) : null;
  });
}

function firstStored(candidates: readonly TokenDigest[], byDigest: ReadonlyMap<string, TokenRow>): TokenRow | null {
  for (const candidate of candidates) {
    const row = byDigest.get(Buffer.from(candidate.digest).toString('latin1'));
    if (row && (isStoredAs(row, candidate) || wasStoredAs(row, candidate))) return row;
  }
  return null;
}

/** The token of this id as the guard would load it by its current secret, or `null`. */
export async function readTokenRecord(sql: SqlExecutor, id: number): Promise<TokenRecord | null> {
  const [row] = await sql.query<TokenRow>(
    `select ${TOKEN_RECORD_COLUMNS} from api_tokens t left join api_token_secrets s on s.token_id = t.id
     where t.id = $1 order by s.revoked_at is null desc, s.superseded_at is null desc, s.id desc limit 1`,
    [id],
  );
  return row ? toTokenRecord(row) : null;
}

function wasStoredAs({ formerDigest, formerAlgorithm, formerVersion }: TokenRow, candidate: TokenDigest): boolean {
  if (formerDigest === null || formerAlgorithm === null || formerVersion === null) return false;
  return isStoredAs({ digest: formerDigest, digestAlgorithm: formerAlgorithm, secretVersion: formerVersion }, candidate);
}

function isStoredAs(row: StoredDigest, { algorithm, secretVersion, digest }: TokenDigest): boolean {
  if (row.digestAlgorithm !== algorithm || row.secretVersion !== secretVersion) return false;
  return row.digest.length === digest.length && timingSafeEqual(row.digest, digest);
}

export function toTokenRecord(row: TokenRow): TokenRecord {
  const { digest, digestAlgorithm, formerDigest, formerAlgorithm, formerVersion, ...rest } = row;
  const {
    rateLimitMax,
    rateLimitWindowMs,
    rateLimitAlgorithm,
    rateLimitEnabled,
    hasQuota,
    refillAmount,
    refillIntervalMs,
    quotaEpoch,
    trial,
    ...same
  } = rest;
  const limited = rateLimitEnabled && rateLimitMax !== null;
  return {
    ...same,
    trial: trial && toTrial(trial),
    rateLimit: limited ? { max: rateLimitMax, windowMs: rateLimitWindowMs, algorithm: rateLimitAlgorithm } : null,
    quota: hasQuota ? { refillAmount, refillIntervalMs, epoch: quotaEpoch } : null,
  };
}

/** Without what the row says beyond the rules. */
function toTrial({ allowedEndpoints, scopes, rateLimit, since }: TokenTrial): TokenTrial {
  return { allowedEndpoints, scopes, rateLimit, since };
}
