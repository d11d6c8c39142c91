import { pipeline } from 'node:stream/promises';
import type { SpoolPosition, SpoolRecord, UsageStore } from '@latchkey/core';
import type { Pool, PoolClient } from 'pg';
import { from as copyFrom } from 'pg-copy-streams';
import { appendTokenEvents, type NoticedEvent } from '../event/append-token-events.ts';
import { inTransaction } from '../in-transaction.ts';
import { executorOf } from '../sql-executor.ts';
import { integerArray } from './binary-array.ts';
import { COPY_COLUMNS, frameUsageCopy } from './copy-encoder.ts';
import { createEndpointCap } from './endpoint-cap.ts';
import { writeGatewayHours } from './gateway-hour.ts';
import { enterIngest } from './ingest-gate.ts';
import { type PreparedBatch, prepareBatch } from './prepare-batch.ts';
import { ACROSS_LOCK } from './rollup.ts';
import { sumBatch } from './sum-batch.ts';
import { type FirstUse, updateLastUsed, writeUseTimes } from './token-total.ts';
import { writeUnknownAttempts } from './unknown-attempts.ts';

export interface UsageStoreOptions {
  readonly pool: Pool;
  /** Epoch milliseconds; stands in for instants that are no instants. */
  readonly now: () => number;
  /** Whose records these are, for `usage_gateway_hour`; default `local`. */
  readonly gateway?: string | undefined;
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

/** Writes the usage log, its rollups and the spool position, all in one transaction (design §3). */
export function createUsageStore(options: UsageStoreOptions): Required<UsageStore> & { readonly counts: Readonly<IngestCounts> } {
  const { pool, now, gateway = 'local', endpointsPerTokenDay = 500, endpointsPerDay = 2_000 } = options;
  const endpointCap = createEndpointCap({ perToken: endpointsPerTokenDay, across: endpointsPerDay });
  const counts: IngestCounts = { stored: 0, dropped: 0 };

  async function readPosition(spoolId: string): Promise<SpoolPosition | null> {
    const sql = 'select segment::float8 as segment, "offset"::float8 as "offset" from usage_spool_position where spool_id = $1';
    const { rows } = await pool.query<SpoolPosition>(sql, [spoolId]);
    const row = rows[0];
    return row ? { segment: row.segment, offset: row.offset } : null;
  }

  /** By the list of records that `ingest` will be given. */
  const prepared = new WeakMap<readonly SpoolRecord[], PreparedBatch>();

  async function prepare(records: readonly SpoolRecord[]): Promise<void> {
    if (!prepared.has(records)) prepared.set(records, await prepareBatch(records, now));
  }

  async function ingest(spoolId: string, records: readonly SpoolRecord[], from: SpoolPosition | null, to: SpoolPosition): Promise<void> {
    const batch = prepared.get(records) ?? (await prepareBatch(records, now));
    const stored = await retrying(() =>
      inTransaction(pool, async (client) => {
        await movePosition(client, spoolId, from, to, now());
        return write(client, await ofExistingTokens(client, records, batch));
      }),
    );
    counts.stored += stored.rows;
    counts.dropped += stored.dropped;
  }

  async function write(client: PoolClient, batch: PreparedBatch): Promise<PreparedBatch> {
    const executor = executorOf(client);
    if (batch.rows > 0) {
      await endpointCap.apply(executor, batch.cells);
      await writeRequests(client, batch);
    }
    if (batch.attempts.length > 0) await writeUnknownAttempts(executor, batch.attempts);
    await writeGatewayHours(executor, gateway, batch.hours);
    return batch;
  }

  /** The lock keeps a token from being deleted until its rows are committed: the deletion then finds them. */
  async function ofExistingTokens(client: PoolClient, records: readonly SpoolRecord[], batch: PreparedBatch): Promise<PreparedBatch> {
    if (batch.tokenIds.length === 0) return batch;
    await enterIngest(executorOf(client));
    const sql = 'select id from api_tokens where id = any($1::integer[]) order by id for key share';
    const { rows } = await client.query<{ id: number }>(sql, [integerArray(batch.tokenIds)]);
    if (rows.length === batch.tokenIds.length) return batch;
    const existing = new Set(rows.map((row) => Number(row.id)));
    return prepareBatch(records, now, (tokenId) => existing.has(tokenId));
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

  return { readPosition, prepare, ingest, counts };
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

async function writeRequests(client: PoolClient, batch: PreparedBatch): Promise<void> {
  const executor = executorOf(client);
  // The sums are put together while PostgreSQL is busy with the log.
  const [, sums] = await Promise.all([copyLog(client, batch.log), sumBatch(batch.cells)]);
  for (const { text, values } of sums.byToken) await executor.query(text, values);
  const firstUses = await writeUseTimes(executor, sums.tokens);
  for (const { text, values } of updateLastUsed(sums.tokens)) await executor.query(text, values);
  await executor.query('select pg_advisory_xact_lock($1)', [ACROSS_LOCK]);
  for (const { text, values } of sums.across) await executor.query(text, values);
  await appendTokenEvents(executor, firstUses.map(firstUseEvent));
}

function firstUseEvent({ tokenId, at }: FirstUse): NoticedEvent {
  return { type: 'token.used_first_time', tokenId, occurredAt: at, details: {}, fact: `used_first_time:${tokenId}` };
}

async function copyLog(client: PoolClient, log: readonly Buffer[]): Promise<void> {
  const stream = client.query(copyFrom(`copy api_token_usage (${COPY_COLUMNS.join(', ')}) from stdin (format binary)`));
  await pipeline(frameUsageCopy(log), stream);
}
