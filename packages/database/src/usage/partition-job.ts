import type { Pool, PoolClient } from 'pg';
import { inTransaction } from '../in-transaction.ts';

const DAY_MS = 86_400_000;
const HOUR_MS = 3_600_000;

export interface PartitionJobOptions {
  readonly pool: Pool;
  /** Epoch milliseconds. */
  readonly now: () => number;
  /** Days of the log that are kept, besides the running one; 30. */
  readonly retentionDays?: number;
  /** Partitions that are there before their day begins; 7. */
  readonly aheadDays?: number;
  /** Days that rollups by hour and by day are kept; 400. Lifetime totals stay. */
  readonly rollupRetentionDays?: number;
  /** Called with what a run that `start` began failed with; the next run tries again. */
  readonly onError?: (error: unknown) => void;
}

export interface PartitionJobResult {
  /** Names of partitions, in the order of their days. */
  created: string[];
  dropped: string[];
  /** Log rows that went from the default partition into one of their day. */
  moved: number;
}

export interface PartitionJob {
  /** One run. Several processes may run at the same time: they do each step once. */
  run(): Promise<PartitionJobResult>;
  /**
   * Runs now and every hour until `stop`. Resolves when the first run is over, however it went: without partitions rows wait in the
   * default one, so nobody has to wait for a lock that a backup holds.
   */
  start(): Promise<void>;
  /** Waits for a run that is under way. */
  stop(): Promise<void>;
}

// Whoever changes the partitions or trims rollups holds this lock for one step.
const PARTITION_LOCK = 727_005;
// A step needs the log to itself for a moment. Where a long query holds it, the step gives up rather than stop all writers behind it.
const LOCK_TIMEOUT = '3s';
const PREFIX = 'api_token_usage_p';

/** Keeps the usage log's daily partitions (UTC): made ahead, dropped after retention; trims rollups. */
export function createPartitionJob(options: PartitionJobOptions): PartitionJob {
  const { pool, now, retentionDays = 30, aheadDays = 7, rollupRetentionDays = 400, onError = () => undefined } = options;
  let timer: NodeJS.Timeout | undefined;
  let running: Promise<void> = Promise.resolve();

  async function run(): Promise<PartitionJobResult> {
    const today = Math.floor(now() / DAY_MS) * DAY_MS;
    const oldest = today - retentionDays * DAY_MS;
    const newest = today + aheadDays * DAY_MS;
    const result: PartitionJobResult = { created: [], dropped: [], moved: 0 };
    for (const day of await missingDays(pool, oldest, today, newest)) {
      const moved = await step(pool, (client) => createPartition(client, day));
      if (moved !== null) result.created.push(partitionName(day));
      result.moved += moved ?? 0;
    }
    for (const day of (await partitionDays(pool)).filter((one) => one < oldest)) {
      if (await step(pool, (client) => dropPartition(client, day))) result.dropped.push(partitionName(day));
    }
    await step(pool, (client) => trim(client, oldest, today - rollupRetentionDays * DAY_MS));
    return result;
  }

  function start(): Promise<void> {
    if (timer) return running;
    const begin = () => {
      running = running.then(async () => void (await run())).catch(onError);
    };
    begin();
    timer = setInterval(begin, HOUR_MS);
    timer.unref();
    return running;
  }

  async function stop(): Promise<void> {
    clearInterval(timer);
    timer = undefined;
    await running;
  }

  return { run, start, stop };
}

/** The days from today on, and those before it whose rows sit in the default partition. */
async function missingDays(pool: Pool, oldest: number, today: number, newest: number): Promise<number[]> {
  const { rows } = await pool.query<{ day: number }>(
    `select distinct (extract(epoch from date_bin('1 day', at, timestamptz '2000-01-01 00:00:00Z')) * 1000)::float8 as day
     from api_token_usage_default where at >= $1 and at < $2`,
    [new Date(oldest), new Date(today)],
  );
  const existing = new Set(await partitionDays(pool));
  const ahead = Array.from({ length: (newest - today) / DAY_MS + 1 }, (_, index) => today + index * DAY_MS);
  return [...rows.map((row) => row.day), ...ahead].filter((day) => !existing.has(day)).sort((a, b) => a - b);
}

async function partitionDays(pool: Pool | PoolClient): Promise<number[]> {
  const { rows } = await pool.query<{ name: string }>(
    `select c.relname as name from pg_inherits i join pg_class c on c.oid = i.inhrelid
     where i.inhparent = 'api_token_usage'::regclass and c.relname ~ $1 order by 1`,
    [`^${PREFIX}\\d{8}$`],
  );
  return rows.map(({ name }) => partitionDay(name));
}

/** Its rows wait in the default partition, if there are any. `null`: another process made it. */
async function createPartition(client: PoolClient, day: number): Promise<number | null> {
  if ((await partitionDays(client)).includes(day)) return null;
  const name = partitionName(day);
  const from = new Date(day).toISOString();
  const to = new Date(day + DAY_MS).toISOString();
  // Writers wait: one that had already chosen the default partition would find its row refused there once the new one is attached.
  await client.query('lock table api_token_usage in share row exclusive mode');
  await client.query(`create table ${name} (like api_token_usage including defaults including constraints)`);
  const { rowCount } = await client.query(
    `with gone as (delete from api_token_usage_default where at >= $1 and at < $2 returning *) insert into ${name} select * from gone`,
    [from, to],
  );
  await client.query(`alter table api_token_usage attach partition ${name} for values from ('${from}') to ('${to}')`);
  return rowCount ?? 0;
}

async function dropPartition(client: PoolClient, day: number): Promise<boolean> {
  if (!(await partitionDays(client)).includes(day)) return false;
  await client.query(`drop table ${partitionName(day)}`);
  return true;
}

/** Rows that have no partition to be dropped with. */
async function trim(client: PoolClient, oldestLog: number, oldestRollup: number): Promise<void> {
  const log = [new Date(oldestLog)];
  const rollup = [new Date(oldestRollup)];
  await client.query('delete from api_token_usage_default where at < $1', log);
  await client.query('delete from unknown_token_attempts where last_at < $1', log);
  // Deleting a token takes its share off this rollup by the log, so it lives no longer than the log.
  await client.query('delete from usage_hour_endpoint where hour < $1', log);
  for (const table of ['usage_token_hour', 'usage_secret_hour', 'usage_hour', 'usage_gateway_hour'])
    await client.query(`delete from ${table} where hour < $1`, rollup);
  for (const table of ['usage_token_day', 'usage_token_day_endpoint', 'usage_day_endpoint']) {
    await client.query(`delete from ${table} where day < ($1::timestamptz at time zone 'UTC')::date`, rollup);
  }
}

/** A transaction under the lock. */
function step<T>(pool: Pool, work: (client: PoolClient) => Promise<T>): Promise<T> {
  return inTransaction(pool, async (client) => {
    await client.query('select pg_advisory_xact_lock($1)', [PARTITION_LOCK]);
    await client.query(`set local lock_timeout = '${LOCK_TIMEOUT}'`);
    return work(client);
  });
}

function partitionName(day: number): string {
  return `${PREFIX}${new Date(day).toISOString().slice(0, 10).replaceAll('-', '')}`;
}

function partitionDay(name: string): number {
  const digits = name.slice(PREFIX.length);
  return Date.parse(`${digits.slice(0, 4)}-${digits.slice(4, 6)}-${digits.slice(6)}T00:00:00.000Z`);
}
