import { finished } from 'node:stream/promises';
import type { DenialCode, Outcome, SpoolPosition, SpoolRecord, UnknownAttempts, UsageStore } from '@latchkey/core';
import type { Pool, PoolClient } from 'pg';
import { from as copyFrom } from 'pg-copy-streams';
import { appendTokenEvents, type NoticedEvent } from '../event/append-token-events.ts';
import { inTransaction } from '../in-transaction.ts';
import { executorOf, type SqlExecutor } from '../sql-executor.ts';
import { aggregateUsage, type CountedRecord } from './aggregate-usage.ts';
import { instantArray, integerArray } from './binary-array.ts';
import { type CleanRecord, cleanAttempts, cleanRecord } from './clean-record.ts';
import { COPY_COLUMNS, encodeUsageCopy } from './copy-encoder.ts';
import { createEndpointCap } from './endpoint-cap.ts';
import { ACROSS_LOCK, ACROSS_ROLLUPS, SECRET_HOUR, TOKEN_ROLLUPS } from './rollup.ts';
import { writeSecretTotals } from './secret-total.ts';
import { type FirstUse, writeTokenTotals } from './token-total.ts';
import { writeUnknownAttempts } from './unknown-attempts.ts';
import { upsertRollup } from './upsert-rollup.ts';

export interface UsageStoreOptions {
  readonly pool: Pool;
  /** Epoch milliseconds; stands in for instants that are no instants. */
  readonly now: () => number;
  /** Distinct endpoints of one token in one day before the rest are summed as `(other)`; 500. */
  readonly endpointsPerTokenDay?: number;
  /** The same across all tokens; 2,000. */
  readonly endpointsPerDay?: number;
}

/** What was not stored since the process started, and what was. */
export interface IngestCounts {
  stored: number;
  /** Of tokens that no longer exist. */
  dropped: number;
}

/** The place in the spool was not the one that the batch starts at: another reader is at work. Nothing was stored. */
export class SpoolPositionConflict extends Error {
  constructor(spoolId: string) {
    super(`The stored position of spool "${spoolId}" is not where this batch begins: another reader of the same spool is at work.`);
    this.name = 'SpoolPositionConflict';
  }
}

/** Lets two writers that PostgreSQL stopped (40P01 deadlock, 40001 serialization failure) have another try. */
const ATTEMPTS = 3;
const TRY_AGAIN = ['40P01', '40001'];

/** Refusals of the token itself: these never count as a use of it (C-14). */
const NOT_A_USE: readonly DenialCode[] = [
  'INVALID_API_KEY',
  'KEY_REVOKED',
  'KEY_DISABLED',
  'KEY_NOT_YET_VALID',
  'KEY_EXPIRED',
  'ENVIRONMENT_MISMATCH',
];

/** Writes the usage log, its rollups and the spool position, all in one transaction (design §3). */
export function createUsageStore(options: UsageStoreOptions): UsageStore & { readonly counts: Readonly<IngestCounts> } {
  const { pool, now, endpointsPerTokenDay = 500, endpointsPerDay = 2_000 } = options;
  const endpointCap = createEndpointCap({ perToken: endpointsPerTokenDay, across: endpointsPerDay });
  const counts: IngestCounts = { stored: 0, dropped: 0 };

  async function readPosition(spoolId: string): Promise<SpoolPosition | null> {
    const sql = 'select segment::float8 as segment, "offset"::float8 as "offset" from usage_spool_position where spool_id = $1';
    const { rows } = await pool.query<SpoolPosition>(sql, [spoolId]);
    const row = rows[0];
    return row ? { segment: row.segment, offset: row.offset } : null;
  }

  async function ingest(spoolId: string, records: readonly SpoolRecord[], from: SpoolPosition | null, to: SpoolPosition): Promise<void> {
    const requests = records.flatMap((record) => (record.kind === 'request' ? (cleanRecord(record, now()) ?? []) : []));
    const attempts = records.flatMap((record) => (record.kind === 'unknown' ? (cleanAttempts(record, now()) ?? []) : []));
    const asked = records.reduce((count, record) => count + (record.kind === 'request' ? 1 : 0), 0);
    const stored = await retrying(() => inTransaction(pool, (client) => write(client, spoolId, requests, attempts, from, to)));
    counts.stored += stored;
    counts.dropped += asked - stored;
  }

  async function write(
    client: PoolClient,
    spoolId: string,
    requests: readonly CleanRecord[],
    attempts: readonly UnknownAttempts[],
    from: SpoolPosition | null,
    to: SpoolPosition,
  ): Promise<number> {
    await movePosition(client, spoolId, from, to, now());
    const known = await ofExistingTokens(client, requests);
    if (known.length > 0) await writeRequests(client, await endpointCap.apply(executorOf(client), known));
    if (attempts.length > 0) await writeUnknownAttempts(executorOf(client), attempts);
    return known.length;
  }

  async function retrying<T>(work: () => Promise<T>): Promise<T> {
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await work();
      } catch (error) {
        endpointCap.forget();
        if (attempt === ATTEMPTS || !TRY_AGAIN.includes(String((error as { code?: unknown }).code))) throw error;
      }
    }
  }

  return { readPosition, ingest, counts };
}

/** Compare and set; holding the row also makes a second reader of the same spool wait and then fail. */
async function movePosition(client: PoolClient, spoolId: string, from: SpoolPosition | null, to: SpoolPosition, now: number) {
  const place = [spoolId, to.segment, to.offset, new Date(now)];
  const { rowCount } =
    from === null
      ? await client.query(
          'insert into usage_spool_position (spool_id, segment, "offset", updated_at) values ($1, $2, $3, $4) on conflict do nothing',
          place,
        )
      : await client.query(
          `update usage_spool_position set segment = $2, "offset" = $3, updated_at = $4
           where spool_id = $1 and segment = $5 and "offset" = $6`,
          [...place, from.segment, from.offset],
        );
  if (rowCount !== 1) throw new SpoolPositionConflict(spoolId);
}

/** The lock keeps a token from being deleted until its rows are committed: the deletion then finds them. */
async function ofExistingTokens(client: PoolClient, records: readonly CleanRecord[]): Promise<CleanRecord[]> {
  const ids = [...new Set(records.map((record) => record.tokenId))];
  if (ids.length === 0) return [];
  const sql = 'select id from api_tokens where id = any($1::integer[]) order by id for key share';
  const { rows } = await client.query<{ id: number }>(sql, [integerArray(ids)]);
  const existing = new Set(rows.map((row) => Number(row.id)));
  return records.filter((record) => existing.has(record.tokenId));
}

async function writeRequests(client: PoolClient, records: readonly CountedRecord[]): Promise<void> {
  const executor = executorOf(client);
  await copyLog(client, records);
  for (const rollup of TOKEN_ROLLUPS) await upsertRollup(executor, rollup, aggregateUsage(rollup, records));
  const bySecret = records.filter((record) => record.secretId !== null);
  await upsertRollup(executor, SECRET_HOUR, aggregateUsage(SECRET_HOUR, bySecret));
  await writeSecretTotals(executor, bySecret, isUse);
  const uses = records.filter((record) => isUse(record.outcome));
  const firstUses = await writeTokenTotals(executor, records, uses);
  await writeLastUsed(executor, uses);
  await executor.query('select pg_advisory_xact_lock($1)', [ACROSS_LOCK]);
  for (const rollup of ACROSS_ROLLUPS) await upsertRollup(executor, rollup, aggregateUsage(rollup, records));
  await appendTokenEvents(executor, firstUses.map(firstUseEvent));
}

function firstUseEvent({ tokenId, at }: FirstUse): NoticedEvent {
  return { type: 'token.used_first_time', tokenId, occurredAt: at, details: {}, fact: `used_first_time:${tokenId}` };
}

async function copyLog(client: PoolClient, records: readonly CleanRecord[]): Promise<void> {
  const stream = client.query(copyFrom(`copy api_token_usage (${COPY_COLUMNS.join(', ')}) from stdin (format binary)`));
  stream.end(encodeUsageCopy(records));
  await finished(stream);
}

function isUse(outcome: Outcome): boolean {
  return !(NOT_A_USE as readonly Outcome[]).includes(outcome);
}

/** In two steps, because an update follows no order of its own and could meet another one half-way. */
async function writeLastUsed(executor: SqlExecutor, uses: readonly CleanRecord[]): Promise<void> {
  const lastUsed = new Map<number, number>();
  for (const { tokenId, at } of uses) lastUsed.set(tokenId, Math.max(at, lastUsed.get(tokenId) ?? at));
  if (lastUsed.size === 0) return;
  const ids = integerArray([...lastUsed.keys()]);
  await executor.query('select from api_tokens where id = any($1::integer[]) order by id for no key update', [ids]);
  await executor.query(
    `update api_tokens as t set last_used_at = u.at
     from unnest($1::integer[], $2::timestamptz[]) as u (id, at)
     where t.id = u.id and (t.last_used_at is null or t.last_used_at < u.at)`,
    [ids, instantArray([...lastUsed.values()])],
  );
}
