import type { TokenDigest } from '@latchkey/core';
import type { Pool, PoolClient } from 'pg';
import type { Actor } from '../admin/actor.ts';
import { appendAuditRow } from '../admin/append-audit-row.ts';
import { plainAddress } from '../admin/write-audit-entry.ts';
import { inTransaction } from '../in-transaction.ts';
import type { LeakOutcome, LeakPolicy, LeakReporter, LeakStore, NewLeakReport } from './leak-store.ts';

export interface LeakStoreOptions {
  readonly pool: Pool;
  /** Epoch milliseconds. */
  readonly now: () => number;
  /** Whether tokens of this key type may end before their owner does. Default: all of them. */
  readonly isRevocable?: ((keyType: string | null) => boolean) | undefined;
}

const DAY_MS = 86_400_000;
const ACTORS: Readonly<Record<LeakReporter, string>> = { github: 'GitHub secret scanning', holder: 'Holder of the token' };

const ACCEPT = `
  insert into leak_reports (reporter, candidates, type, url, source, ip_address, user_agent, received_at)
  select *, $8::timestamptz
  from unnest($1::text[], $2::jsonb[], $3::text[], $4::text[], $5::text[], $6::inet[], $7::text[])`;

const NEXT = `
  select id::float8 as id, reporter, candidates, type, url, source, host(ip_address) as "ipAddress", user_agent as "userAgent"
  from leak_reports where processed_at is null order by id limit 1 for update skip locked`;

// The secret first, because its row says which token to lock.
const FIND = `
  select s.id, s.token_id as "tokenId" from api_token_secrets s
  where (s.digest, s.digest_algorithm::text, s.secret_version) in (select * from unnest($1::bytea[], $2::text[], $3::bigint[]))
    or (s.former_digest, s.former_algorithm::text, s.former_version) in (select * from unnest($1::bytea[], $2::text[], $3::bigint[]))
  limit 1`;

const STATE = `
  select t.id, t.name, t.key_type as "keyType", s.last4, s.superseded_at is not null as superseded,
    t.revoked_at is null and s.revoked_at is null and coalesce(t.expires_at > $2, true) and coalesce(s.expires_at > $2, true) as live
  from api_tokens t join api_token_secrets s on s.token_id = t.id where s.id = $1`;

interface StoredReport {
  id: number;
  reporter: LeakReporter;
  candidates: { algorithm: string; secretVersion: number; digest: string }[];
  type: string | null;
  url: string | null;
  source: string | null;
  ipAddress: string | null;
  userAgent: string | null;
}

interface LeakedSecret {
  id: number;
  name: string | null;
  keyType: string | null;
  last4: string;
  superseded: boolean;
  live: boolean;
}

export function createLeakStore({ pool, now, isRevocable = () => true }: LeakStoreOptions): LeakStore {
  async function accept(reports: readonly NewLeakReport[]): Promise<void> {
    const kept = reports.filter(({ candidates }) => candidates.length > 0);
    if (kept.length === 0) return;
    await pool.query(ACCEPT, [
      kept.map(({ reporter }) => reporter),
      kept.map(({ candidates }) => JSON.stringify(candidates.map(toStored))),
      kept.map(({ type }) => clean(type, 100)),
      kept.map(({ url }) => clean(url, 2_048)),
      kept.map(({ source }) => clean(source, 100)),
      kept.map(({ ipAddress }) => plainAddress(ipAddress)),
      kept.map(({ userAgent }) => clean(userAgent, 512)),
      new Date(now()),
    ]);
  }

  /** The report, the end of the token, the audit rows and the events are one transaction. */
  function processNext(policy: LeakPolicy) {
    return inTransaction(pool, async (client) => {
      const [report] = (await client.query<StoredReport>(NEXT)).rows;
      if (report === undefined) return null;
      const at = new Date(now());
      const result = await dealWith({ client, report, at }, policy);
      await client.query(`update leak_reports set processed_at = $2, candidates = '[]' where id = $1`, [report.id, at]);
      return result;
    });
  }

  async function dealWith(unit: Unit, policy: LeakPolicy): Promise<{ tokenId: number | null; outcome: LeakOutcome }> {
    const { client, report, at } = unit;
    const found = await findSecret(client, report);
    if (found === null) return { tokenId: null, outcome: 'none' };
    await client.query('select from api_tokens where id = $1 for no key update', [found.tokenId]);
    const [secret] = (await client.query<LeakedSecret>(STATE, [found.id, at])).rows;
    if (secret === undefined) return { tokenId: null, outcome: 'none' };
    const outcome = await end(unit, found.id, secret, decidePolicy(report, secret, policy));
    // What anybody may say again and again is written down only where it is news.
    if (report.reporter === 'holder' && !(await isNews(unit, secret, outcome))) return { tokenId: null, outcome: 'none' };
    await writeDown(unit, secret, outcome);
    return { tokenId: secret.id, outcome };
  }

  function decidePolicy({ reporter }: StoredReport, { keyType, live }: LeakedSecret, policy: LeakPolicy): LeakPolicy | null {
    if (!live) return null;
    if (!isRevocable(keyType)) return 'notify';
    return reporter === 'holder' ? 'revoke' : policy;
  }

  return { accept, processNext };
}

interface Unit {
  readonly client: PoolClient;
  readonly report: StoredReport;
  readonly at: Date;
}

async function findSecret(client: PoolClient, { candidates }: StoredReport): Promise<{ id: number; tokenId: number } | null> {
  const digests = candidates.map(({ digest }) => Buffer.from(digest, 'hex'));
  const algorithms = candidates.map(({ algorithm }) => algorithm);
  const versions = candidates.map(({ secretVersion }) => secretVersion);
  const { rows } = await client.query<{ id: number; tokenId: number }>(FIND, [digests, algorithms, versions]);
  return rows[0] ?? null;
}

async function end({ client, at }: Unit, secretId: number, secret: LeakedSecret, policy: LeakPolicy | null): Promise<LeakOutcome> {
  switch (policy) {
    case null:
      return 'none';
    case 'notify':
      return 'notified';
    case 'rotate':
      await client.query(
        `update api_token_secrets set superseded_at = coalesce(superseded_at, $2), expires_at = least(expires_at, $3), quiet_after_ms = null
         where id = $1`,
        [secretId, at, new Date(at.getTime() + DAY_MS)],
      );
      return 'ends_soon';
    case 'revoke':
      // The secret that came after it is not the one that leaked.
      if (secret.superseded && (await hasCurrentSecret(client, secret.id))) {
        await client.query('update api_token_secrets set revoked_at = $2 where id = $1', [secretId, at]);
        return 'secret_revoked';
      }
      await client.query('update api_tokens set revoked_at = $2, active = false, updated_at = $2 where id = $1', [secret.id, at]);
      return 'revoked';
  }
}

async function isNews({ client, at }: Unit, { id }: LeakedSecret, outcome: LeakOutcome): Promise<boolean> {
  if (outcome !== 'notified') return outcome !== 'none';
  const sql = `select from audit_log where target_type = 'token' and target_id = $1 and action = 'token.leak' and at > $2 limit 1`;
  return (await client.query(sql, [String(id), new Date(at.getTime() - DAY_MS)])).rowCount === 0;
}

async function hasCurrentSecret(client: PoolClient, tokenId: number): Promise<boolean> {
  const sql = 'select from api_token_secrets where token_id = $1 and superseded_at is null and revoked_at is null';
  return (await client.query(sql, [tokenId])).rowCount === 1;
}

async function writeDown({ client, report, at }: Unit, secret: LeakedSecret, outcome: LeakOutcome): Promise<void> {
  const { reporter, url, source, type } = report;
  const actor: Actor = { id: null, name: ACTORS[reporter], ipAddress: report.ipAddress, userAgent: report.userAgent };
  const target = { targetType: 'token', targetId: String(secret.id), targetName: secret.name } as const;
  const endsAt = outcome === 'ends_soon' ? new Date(at.getTime() + DAY_MS).toISOString() : null;
  const after = { reporter, outcome, last4: secret.last4, url, source, type, ...(endsAt && { endsAt }) };
  await appendAuditRow(client, { action: 'token.leak', ...target, before: null, after }, actor, at);
  if (outcome !== 'revoked') return;
  const changes = { before: { revokedAt: null }, after: { revokedAt: at.toISOString() } };
  await appendAuditRow(client, { action: 'token.revoke', ...target, ...changes }, actor, at);
}

function toStored({ algorithm, secretVersion, digest }: TokenDigest): StoredReport['candidates'][number] {
  return { algorithm, secretVersion, digest: Buffer.from(digest).toString('hex') };
}

function clean(text: string | null, longest: number): string | null {
  return text?.slice(0, longest).toWellFormed().replaceAll('\0', '\uFFFD') ?? null;
}
