import type { Pool, PoolClient } from 'pg';
import { inTransaction } from '../in-transaction.ts';
import { executorOf } from '../sql-executor.ts';
import { appendTokenEvents, type NoticedEvent } from './append-token-events.ts';

export interface EventJobOptions {
  readonly pool: Pool;
  /** Epoch milliseconds. */
  readonly now: () => number;
  /** Days that events, their deliveries and reports of leaks are kept; 30. */
  readonly retentionDays?: number;
  /** How often `start` looks; 60,000. */
  readonly pauseMs?: number;
  /** Called with what a run that `start` began failed with; the next run tries again. */
  readonly onError?: (error: unknown) => void;
}

/** Notices what nobody does: tokens that expire, meet their limit, or are refused far more than usual. */
export interface EventJob {
  /** One run. Of several processes that run at the same time one does the work; what was told before is not told again. */
  run(): Promise<void>;
  /** Runs now and every minute until `stop`. */
  start(): void;
  /** Waits for a run that is under way. */
  stop(): Promise<void>;
}

const EVENT_LOCK = 727_006;
const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

/** A spike: this many refusals in an hour or more, and this many times what is usual for the token in an hour. */
const SPIKE = { minimum: 20, times: 5, usualDays: 7, pauseMs: 6 * HOUR_MS } as const;
/** How long ago something may have happened to be news still. Shorter than events are kept, or it would be told twice. */
const NEWS_MS = 7 * DAY_MS;

export function createEventJob(options: EventJobOptions): EventJob {
  const { pool, now, retentionDays = 30, pauseMs = 60_000, onError = () => undefined } = options;
  let timer: NodeJS.Timeout | undefined;
  let running: Promise<void> = Promise.resolve();

  function run(): Promise<void> {
    return inTransaction(pool, async (client) => {
      const { rows } = await client.query<{ mine: boolean }>('select pg_try_advisory_xact_lock($1) as mine', [EVENT_LOCK]);
      if (!rows[0]?.mine) return;
      const at = now();
      const noticed = [
        await findExpired(client, at),
        await findExpiring(client, at),
        await findLimited(client, at),
        await findSpikes(client, at),
      ];
      await appendTokenEvents(executorOf(client), noticed.flat());
      await trim(client, new Date(at - Math.max(retentionDays * DAY_MS, NEWS_MS + DAY_MS)));
    });
  }

  function begin(): void {
    running = running.then(run).catch(onError);
  }

  return {
    run,
    start() {
      if (timer) return;
      begin();
      timer = setInterval(begin, pauseMs);
      timer.unref();
    },
    async stop() {
      clearInterval(timer);
      timer = undefined;
      await running;
    },
  };
}

interface Expiry {
  id: number;
  expires_at: Date;
}

async function findExpired(client: PoolClient, at: number): Promise<NoticedEvent[]> {
  const { rows } = await client.query<Expiry>(
    `select t.id, t.expires_at from api_tokens t
     where t.revoked_at is null and t.expires_at <= $1 and t.expires_at > $2
       and not exists (select from events e where e.fact = 'expired:' || t.id || ':' || (extract(epoch from t.expires_at) * 1000)::bigint)`,
    [new Date(at), new Date(at - NEWS_MS)],
  );
  return rows.map(({ id, expires_at }) => ({
    type: 'token.expired',
    tokenId: id,
    occurredAt: expires_at.getTime(),
    details: {},
    fact: `expired:${id}:${expires_at.getTime()}`,
  }));
}

/** Seven days before and one day before. A token that was made for less is not told of on its first day. */
async function findExpiring(client: PoolClient, at: number): Promise<NoticedEvent[]> {
  const { rows } = await client.query<Expiry & { days: number }>(
    `select t.id, t.expires_at, d.days from api_tokens t
     join (values (7, 1), (1, 0)) as d (days, until) on t.expires_at <= $1::timestamptz + make_interval(days => d.days)
       and t.expires_at > $1::timestamptz + make_interval(days => d.until) and t.created_at <= t.expires_at - make_interval(days => d.days)
     where t.revoked_at is null and t.active and t.expires_at > $1 and t.expires_at <= $1::timestamptz + interval '7 days'
       and not exists (select from events e
         where e.fact = 'expiring:' || t.id || ':' || (extract(epoch from t.expires_at) * 1000)::bigint || ':' || d.days)`,
    [new Date(at)],
  );
  return rows.map(({ id, expires_at, days }) => ({
    type: 'token.expiring',
    tokenId: id,
    occurredAt: at,
    details: { expires_in_days: days },
    fact: `expiring:${id}:${expires_at.getTime()}:${days}`,
  }));
}

/** The running hour and the one before it, which may have got its last records after the last run. */
async function findLimited(client: PoolClient, at: number): Promise<NoticedEvent[]> {
  const { rows } = await client.query<{ id: number; hour: Date; refused: number }>(
    `select h.token_id as id, h.hour, h.denied_rate::int as refused from usage_token_hour h
     where h.hour >= $1 and h.denied_rate > 0
       and not exists (select from events e where e.fact = 'rate_limited:' || h.token_id || ':' || (extract(epoch from h.hour) * 1000)::bigint)`,
    [lastHour(at)],
  );
  return rows.map(({ id, hour, refused }) => ({
    type: 'token.rate_limited',
    tokenId: id,
    occurredAt: at,
    details: { hour: hour.toISOString(), refused },
    fact: `rate_limited:${id}:${hour.getTime()}`,
  }));
}

const DENIED = `denied_revoked + denied_disabled + denied_not_yet_valid + denied_expired + denied_environment + denied_endpoint
  + denied_scope + denied_rate + denied_quota + denied_other`;

async function findSpikes(client: PoolClient, at: number): Promise<NoticedEvent[]> {
  const { rows } = await client.query<{ id: number; hour: Date; denied: number; requests: number; usual: number }>(
    `with lately as (
       select token_id, hour, requests, ${DENIED} as denied from usage_token_hour where hour >= $1
     )
     select l.token_id as id, l.hour, l.denied::int as denied, l.requests::int as requests, u.usual
     from lately l cross join lateral (
       select coalesce(sum(${DENIED}), 0)::float8 / ${SPIKE.usualDays * 24} as usual from usage_token_hour
       where token_id = l.token_id and hour >= l.hour - interval '${SPIKE.usualDays} days' and hour < l.hour
     ) u
     where l.denied >= ${SPIKE.minimum} and l.denied >= ${SPIKE.times} * u.usual
       and not exists (select from events e where e.token_id = l.token_id and e.type = 'token.denied_spike' and e.occurred_at > $2)
     order by l.hour desc`,
    [lastHour(at), new Date(at - SPIKE.pauseMs)],
  );
  // One for each token: of two hours the later.
  const first = new Map(rows.toReversed().map((row) => [row.id, row]));
  return [...first.values()].map(({ id, hour, denied, requests, usual }) => ({
    type: 'token.denied_spike',
    tokenId: id,
    occurredAt: at,
    details: { hour: hour.toISOString(), denied, requests, usual_per_hour: Math.round(usual * 10) / 10 },
    fact: `denied_spike:${id}:${hour.getTime()}`,
  }));
}

function lastHour(at: number): Date {
  return new Date(Math.floor(at / HOUR_MS) * HOUR_MS - HOUR_MS);
}

/** Deliveries and attempts go with their events. One that still waits to be sent keeps its event. */
async function trim(client: PoolClient, oldest: Date): Promise<void> {
  await client.query(
    `delete from events e where e.occurred_at < $1
       and not exists (select from webhook_deliveries d where d.event_id = e.id and d.status = 'pending')`,
    [oldest],
  );
  await client.query('delete from leak_reports where processed_at < $1', [oldest]);
}
