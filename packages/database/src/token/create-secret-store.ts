import { OperationError } from '@latchkey/core';
import type { Pool, PoolClient } from 'pg';
import type { Actor } from '../admin/actor.ts';
import { appendAuditRow } from '../admin/append-audit-row.ts';
import { inTransaction } from '../in-transaction.ts';
import { executorOf } from '../sql-executor.ts';
import { MAX_BCRYPT_CANDIDATES } from './create-imported-secrets.ts';
import { endQuietSecrets } from './end-quiet-secrets.ts';
import type { Rotation, SecretCount, SecretMarks, SecretStore } from './secret-store.ts';
import { IS_LIVE, selectSecrets } from './select-secrets.ts';
import { selectToken } from './select-tokens.ts';

export interface SecretStoreOptions {
  readonly pool: Pool;
  readonly now: () => number;
}

/** One change: its transaction, the token, who makes it, and when. */
interface Unit {
  readonly client: PoolClient;
  readonly token: LockedToken;
  readonly actor: Actor;
  readonly at: Date;
}

interface LockedToken {
  readonly id: number;
  readonly name: string | null;
  readonly revoked_at: Date | null;
  readonly expires_at: Date | null;
}

interface LiveSecret {
  readonly id: number;
  readonly prefix: string;
  readonly start: string;
  readonly last4: string;
  readonly superseded_at: Date | null;
}

/** Secrets in PostgreSQL. Every change and its audit row are one transaction, which holds the row of the token from the start. */
export function createSecretStore({ pool, now }: SecretStoreOptions): SecretStore {
  function change<Result>(tokenId: number, actor: Actor, work: (unit: Unit) => Promise<Result>) {
    return inTransaction(pool, async (client) => {
      const at = new Date(now());
      const result = await work({ client, token: await lockToken(client, tokenId, at), actor, at });
      const executor = executorOf(client);
      const token = found(await selectToken(executor, tokenId, at.getTime()), tokenId);
      return { ...result, token, secrets: await selectSecrets(executor, tokenId, at.getTime()) };
    });
  }

  return {
    async list(tokenId) {
      const secrets = await selectSecrets(executorOf(pool), tokenId, now());
      if (secrets.length === 0) found((await pool.query('select id from api_tokens where id = $1', [tokenId])).rows[0], tokenId);
      return secrets;
    },
    rotate: (tokenId, rotation, actor) => change(tokenId, actor, (unit) => rotate(unit, rotation)),
    revoke: (tokenId, secretId, actor) => change(tokenId, actor, (unit) => revokeSecret(unit, secretId)),
    findImported: (secrets) => findImported(pool, secrets),
    async refuseCrowdedHints({ start, last4 }) {
      const { rows } = await pool.query<{ count: number }>(ALIKE, [last4, start]);
      if ((rows[0]?.count ?? 0) < MAX_BCRYPT_CANDIDATES) return;
      const message = `${MAX_BCRYPT_CANDIDATES} bcrypt hashes end and begin like this one. Give more of the start of its text.`;
      throw new OperationError('VALIDATION_ERROR', 'Invalid input', [{ path: 'start', message }]);
    },
    async count() {
      const { rows } = await pool.query<SecretCount>(COUNT, [new Date(now())]);
      return rows;
    },
    endQuiet: () => inTransaction(pool, (client) => endQuietSecrets(executorOf(client), new Date(now()))),
  };
}

const FIND_IMPORTED = `select token_id, digest, former_digest, import_digest from api_token_secrets
  where digest = any($1::bytea[]) or former_digest = any($1::bytea[]) or import_digest = any($2::bytea[]) order by id`;

interface Marked {
  readonly token_id: number;
  readonly digest: Buffer;
  readonly former_digest: Buffer | null;
  readonly import_digest: Buffer | null;
}

async function findImported(pool: Pool, secrets: readonly SecretMarks[]): Promise<(number | null)[]> {
  const digests = secrets.flatMap((each) => each.digests.map(({ digest }) => Buffer.from(digest)));
  const marks = secrets.flatMap((each) => each.importDigests.map((mark) => Buffer.from(mark)));
  const { rows } = await pool.query<Marked>(FIND_IMPORTED, [digests, marks]);
  const places = placesOf(rows);
  return secrets.map((secret) => {
    // Where several have it the oldest counts.
    const first = Math.min(...namesOf(secret).map((name) => places.get(name) ?? rows.length));
    return rows[first]?.token_id ?? null;
  });
}

/** By which of them a digest or mark was found first. */
function placesOf(rows: readonly Marked[]): Map<string, number> {
  const places = new Map<string, number>();
  for (const [place, { digest, former_digest: former, import_digest: mark }] of rows.entries()) {
    for (const name of marksIn([digest, former], [mark])) if (!places.has(name)) places.set(name, place);
  }
  return places;
}

function namesOf({ digests, importDigests }: SecretMarks): string[] {
  return marksIn(
    digests.map(({ digest }) => digest),
    importDigests,
  );
}

function marksIn(digests: readonly (Uint8Array | null)[], importDigests: readonly (Uint8Array | null)[]): string[] {
  const named = (kind: string) => (bytes: Uint8Array | null) => (bytes === null ? [] : [`${kind} ${Buffer.from(bytes).toString('hex')}`]);
  return [...digests.flatMap(named('digest')), ...importDigests.flatMap(named('import'))];
}

/** Hashes that a text could be of which could be of a text of this one. */
const ALIKE = `select count(*)::int as count from api_token_secrets
  where digest_algorithm = 'bcrypt' and last4 = $1 and (starts_with(start, $2) or starts_with($2, start))`;

const COUNT = `
  select s.digest_algorithm as algorithm, s.secret_version::float8 as version, count(*)::int as secrets
  from api_token_secrets s join api_tokens t on t.id = s.token_id
  where ${IS_LIVE} and t.revoked_at is null and (t.expires_at is null or t.expires_at > $1)
  group by 1, 2 order by 3 desc, 1, 2`;

async function rotate(unit: Unit, { secret, viewableText, overlap }: Rotation): Promise<{ ended: number[] }> {
  const { client, token, at } = unit;
  const live = await liveSecrets(unit);
  const current = live.find((each) => each.superseded_at === null);
  const ended = live.filter((each) => each !== current).map(({ id }) => id);
  const until = new Date(at.getTime() + overlap.lengthMs);
  const quietMs = overlap.lengthMs > 0 ? overlap.quietMs : null;
  await client.query('update api_token_secrets set expires_at = $2, quiet_after_ms = null where id = any($1::int[])', [ended, at]);
  await client.query('update api_token_secrets set superseded_at = $2, expires_at = $3, quiet_after_ms = $4 where id = $1', [
    current?.id ?? 0,
    at,
    until,
    quietMs,
  ]);
  const { prefix, start, last4, digest, digestAlgorithm, secretVersion, foreignText = false } = secret;
  await client.query(
    `insert into api_token_secrets
      (token_id, digest, digest_algorithm, secret_version, foreign_text, prefix, start, last4, created_at, created_by)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`,
    [token.id, Buffer.from(digest), digestAlgorithm, secretVersion, foreignText, prefix, start, last4, at, unit.actor.id],
  );
  await show(unit, secret, viewableText);
  const overlapUntil = overlap.lengthMs === 0 ? null : until.toISOString();
  const changes = { before: { last4: current?.last4 ?? null }, after: { last4, overlapUntil, quietMs } };
  await audit(unit, 'token.rotate', changes);
  return { ended };
}

async function revokeSecret(unit: Unit, secretId: number): Promise<object> {
  const { client, token, at } = unit;
  const { rows } = await client.query<{ last4: string }>('select last4 from api_token_secrets where id = $1 and token_id = $2', [
    secretId,
    token.id,
  ]);
  const secret = rows[0];
  if (secret === undefined) throw new OperationError('NOT_FOUND', `API token ${token.id} has no secret ${secretId}.`);
  const live = await liveSecrets(unit);
  const target = live.find(({ id }) => id === secretId);
  if (target === undefined) return {};
  const others = live.filter((each) => each !== target);
  const next = others.at(-1);
  if (next === undefined) throw lastSecret();
  await client.query('update api_token_secrets set revoked_at = $2 where id = $1', [secretId, at]);
  // A token whose current secret is gone must not end quietly with the overlap of the one before it.
  if (target.superseded_at === null) {
    await client.query('update api_token_secrets set superseded_at = null, expires_at = null, quiet_after_ms = null where id = $1', [
      next.id,
    ]);
    await show(unit, next, null);
  }
  const current = target.superseded_at === null ? next.last4 : null;
  const after = { revokedAt: at.toISOString(), ...(current && { currentAgain: current }) };
  await audit(unit, 'token.revoke_secret', { before: { last4: secret.last4 }, after });
  return {};
}

/** What lists and searches know the token by. */
async function show({ client, token, at }: Unit, secret: Pick<LiveSecret, 'prefix' | 'start' | 'last4'>, viewableText: string | null) {
  await client.query('update api_tokens set prefix = $2, start = $3, last4 = $4, viewable_text = $5, updated_at = $6 where id = $1', [
    token.id,
    secret.prefix,
    secret.start,
    secret.last4,
    viewableText,
    at,
  ]);
}

async function lockToken(client: PoolClient, id: number, at: Date): Promise<LockedToken> {
  const { rows } = await client.query<LockedToken>(
    'select id, name, revoked_at, expires_at from api_tokens where id = $1 for no key update',
    [id],
  );
  const token = found(rows[0], id);
  if (token.revoked_at !== null)
    throw new OperationError('CONFLICT', 'The token is revoked, and that is permanent. Create a new token instead.');
  if (token.expires_at !== null && token.expires_at <= at) {
    throw new OperationError('CONFLICT', 'The token has expired. Give it a later expiry first, or create a new token.');
  }
  return token;
}

async function liveSecrets({ client, token, at }: Unit): Promise<LiveSecret[]> {
  const sql = `select s.id, s.prefix, s.start, s.last4, s.superseded_at from api_token_secrets s where s.token_id = $2 and ${IS_LIVE} order by s.id`;
  return (await client.query<LiveSecret>(sql, [at, token.id])).rows;
}

/** What changed, by the names of the audit. */
interface Changes {
  readonly before: Record<string, unknown>;
  readonly after: Record<string, unknown>;
}

function audit(unit: Unit, action: 'token.rotate' | 'token.revoke_secret', changes: Changes): Promise<void> {
  const { client, token, actor, at } = unit;
  const target = { targetType: 'token', targetId: String(token.id), targetName: token.name } as const;
  return appendAuditRow(client, { action, ...target, ...changes }, actor, at);
}

function found<Value>(value: Value | null | undefined, id: number): Value {
  if (value === null || value === undefined) throw new OperationError('NOT_FOUND', `There is no API token ${id}.`);
  return value;
}

function lastSecret(): OperationError {
  return new OperationError('CONFLICT', 'This is the last secret of the token that works. Rotate the token first, or revoke the token.');
}
