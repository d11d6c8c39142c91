import type { DigestAlgorithm } from '@latchkey/core';
import { defineEntity, p } from '@mikro-orm/core';
import { Token } from './token-entity.ts';

/** The same rules are in the migrations; `migrate check` compares the two. */
const checks = [
  { name: 'api_token_secrets_digest_algorithm_check', expression: `digest_algorithm in ('hmac-sha256', 'sha256', 'bcrypt')` },
  {
    name: 'api_token_secrets_digest_check',
    expression: `octet_length(digest) = case when digest_algorithm = 'bcrypt' then 60 else 32 end`,
  },
  {
    name: 'api_token_secrets_secret_version_check',
    expression: `secret_version >= 0 and (digest_algorithm = 'hmac-sha256' or secret_version = 0)`,
  },
  { name: 'api_token_secrets_foreign_check', expression: `foreign_text or digest_algorithm = 'hmac-sha256'` },
  {
    name: 'api_token_secrets_former_check',
    expression: 'num_nulls(former_digest, former_algorithm, former_version) in (0, 3) and octet_length(former_digest) = 32',
  },
  { name: 'api_token_secrets_overlap_check', expression: 'superseded_at is not null or (expires_at is null and quiet_after_ms is null)' },
  { name: 'api_token_secrets_quiet_check', expression: 'quiet_after_ms is null or (quiet_after_ms >= 1000 and expires_at is not null)' },
  { name: 'api_token_secrets_times_check', expression: 'isfinite(superseded_at) and isfinite(expires_at) and isfinite(revoked_at)' },
];

const indexes = [
  { name: 'api_token_secrets_token_id_index', expression: 'create index api_token_secrets_token_id_index on api_token_secrets (token_id)' },
  {
    name: 'api_token_secrets_current_index',
    expression:
      'create unique index api_token_secrets_current_index on api_token_secrets (token_id) where superseded_at is null and revoked_at is null',
  },
  {
    name: 'api_token_secrets_foreign_index',
    expression: 'create index api_token_secrets_foreign_index on api_token_secrets (digest_algorithm) where foreign_text',
  },
  {
    name: 'api_token_secrets_former_index',
    expression: 'create index api_token_secrets_former_index on api_token_secrets (former_algorithm) where former_digest is not null',
  },
  {
    name: 'api_token_secrets_bcrypt_index',
    expression: `create index api_token_secrets_bcrypt_index on api_token_secrets (last4, start) where digest_algorithm = 'bcrypt'`,
  },
];

const TokenSecretBase = defineEntity({
  name: 'TokenSecret',
  tableName: 'api_token_secrets',
  checks,
  indexes,
  properties: {
    id: p.integer().primary().generated('by default as identity'),
    token: () => p.manyToOne(Token).fieldName('token_id').deleteRule('cascade').updateRule('no action'),
    digest: p.uint8array().unique().hidden(),
    digestAlgorithm: p.string().$type<DigestAlgorithm>().length(20),
    secretVersion: p.bigint('number').defaultRaw('0'),
    // What the text was stored as before it was digested anew: for processes that do not know the newest token secret yet.
    formerDigest: p.uint8array().unique().hidden().nullable(),
    formerAlgorithm: p.string().$type<DigestAlgorithm>().length(20).nullable(),
    formerVersion: p.bigint('number').nullable(),
    importDigest: p.uint8array().unique().hidden().nullable(),
    foreignText: p.boolean().default(false),
    prefix: p.string().length(64),
    start: p.string().length(32),
    last4: p.string().length(4),
    createdAt: p.datetime(3).defaultRaw('now()'),
    createdBy: p.string().length(255).nullable(),
    supersededAt: p.datetime(3).nullable(),
    expiresAt: p.datetime(3).nullable(),
    quietAfterMs: p.bigint('number').nullable(),
    revokedAt: p.datetime(3).nullable(),
    rehashedAt: p.datetime(3).nullable(),
  },
});

/** A row of `api_token_secrets`: one text by which a token is known. Stays inside this package. */
export class TokenSecret extends TokenSecretBase.class {}
TokenSecretBase.setClass(TokenSecret);
