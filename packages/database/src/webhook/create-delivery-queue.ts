import type { TokenEvent } from '@latchkey/core';
import type { Pool, PoolClient } from 'pg';
import type { Actor } from '../admin/actor.ts';
import { appendAuditRow } from '../admin/append-audit-row.ts';
import { inTransaction } from '../in-transaction.ts';
import { executorOf } from '../sql-executor.ts';
import { hostOf } from './create-webhook-store.ts';
import type { AttemptResult, ClaimedDelivery, ClaimOptions, DeliveryQueue, WebhookDisabledReason } from './webhook-store.ts';

export interface DeliveryQueueOptions {
  readonly pool: Pool;
  /** Epoch milliseconds. */
  readonly now: () => number;
  /** How long a claim holds; 30,000. Longer than any attempt takes. */
  readonly leaseMs?: number;
  /** An endpoint to which nothing went for this long is switched off when a delivery is given up; 3 days. */
  readonly failingLimitMs?: number;
}

const DAY_MS = 86_400_000;
const LONGEST_EXCERPT = 1_024;
const LONGEST_ERROR = 255;
const LATCHKEY: Actor = { id: null, name: 'Latchkey', ipAddress: null, userAgent: null };

// The next attempt is moved behind the lease: whoever dies with a claim leaves a delivery that is due again.
const CLAIM = `
  with free as (
    select e.id, case when e.failing_since is null then $3::int else 1 end - coalesce(busy.count, 0) as slots
    from webhook_endpoints e left join unnest($4::int[], $5::int[]) as busy (id, count) on busy.id = e.id
    where e.active
  ),
  due as (
    select d.id from free cross join lateral (
      select id, next_attempt_at from webhook_deliveries
      where endpoint_id = free.id and status = 'pending' and next_attempt_at <= $1::timestamptz
      order by next_attempt_at, id limit greatest(free.slots, 0) for update skip locked
    ) d
    order by d.next_attempt_at limit $6::int
  )
  update webhook_deliveries d set next_attempt_at = $2::timestamptz
  from due, webhook_endpoints e, events v
  where d.id = due.id and e.id = d.endpoint_id and v.id = d.event_id
  returning d.id::float8 as id, d.tries, e.id as "webhookId", e.url, e.secret,
    case when e.previous_secret_until > $1::timestamptz then e.previous_secret end as "previousSecret",
    v.id as "eventId", v.type, to_char(v.occurred_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') as "occurredAt", v.data`;

interface ClaimRow {
  id: number;
  tries: number;
  webhookId: number;
  url: string;
  secret: Buffer;
  previousSecret: Buffer | null;
  eventId: string;
  type: TokenEvent['type'];
  occurredAt: string;
  data: Record<string, unknown>;
}

export function createDeliveryQueue(options: DeliveryQueueOptions): DeliveryQueue {
  const { pool, now, leaseMs = 30_000, failingLimitMs = 3 * DAY_MS } = options;

  return {
    async claim({ limit, perEndpoint, underWay }: ClaimOptions): Promise<ClaimedDelivery[]> {
      const at = now();
      const leaseUntil = at + leaseMs;
      const busy = [[...underWay.keys()], [...underWay.values()]];
      const rows = await executorOf(pool).query<ClaimRow>(CLAIM, [new Date(at), new Date(leaseUntil), perEndpoint, ...busy, limit]);
      return rows.map((row) => toClaimed(row, leaseUntil));
    },
    finish: (claimed, result) => inTransaction(pool, (client) => finish(client, claimed, result, failingLimitMs)),
  };
}

function toClaimed(row: ClaimRow, leaseUntil: number): ClaimedDelivery {
  return {
    id: row.id,
    webhookId: row.webhookId,
    url: row.url,
    secrets: row.previousSecret === null ? [row.secret] : [row.secret, row.previousSecret],
    event: { id: row.eventId, type: row.type, occurred_at: row.occurredAt, data: row.data },
    tries: row.tries,
    leaseUntil,
  };
}

/** The endpoint before its delivery, as everywhere. The lease tells a claim from a later one of somebody else. */
async function finish(client: PoolClient, claimed: ClaimedDelivery, result: AttemptResult, failingLimitMs: number): Promise<boolean> {
  await client.query('select from webhook_endpoints where id = $1 for no key update', [claimed.webhookId]);
  const retryAt = result.verdict.kind === 'failed' ? result.verdict.retryAt : null;
  const delivered = result.verdict.kind === 'delivered';
  const status = retryAt !== null ? 'pending' : delivered ? 'delivered' : 'failed';
  const { rows } = await client.query<{ attempts: number }>(
    `update webhook_deliveries set status = $3, next_attempt_at = $4, attempts = attempts + 1, tries = tries + 1
     where id = $1 and next_attempt_at = $2 and status = 'pending' returning attempts`,
    [claimed.id, new Date(claimed.leaseUntil), status, retryAt === null ? null : new Date(retryAt)],
  );
  const [row] = rows;
  if (row === undefined) return false;
  await client.query(
    `insert into webhook_attempts (delivery_id, number, at, duration_ms, status_code, error, response_excerpt)
     values ($1, $2, $3, $4, $5, $6, $7)`,
    [claimed.id, row.attempts, new Date(result.at), result.durationMs, result.statusCode, ...texts(result)],
  );
  await noteHealth(client, claimed, result);
  if (result.verdict.kind === 'gone') await switchOff(client, claimed, 'gone', result.at);
  else if (status === 'failed' && (await isFailing(client, claimed.webhookId, result.at - failingLimitMs))) {
    await switchOff(client, claimed, 'failing', result.at);
  }
  return true;
}

function texts(result: AttemptResult): [error: string | null, excerpt: string | null] {
  const clean = (text: string | null, longest: number) => text?.slice(0, longest).toWellFormed().replaceAll('\0', '\uFFFD') ?? null;
  return [clean(result.error, LONGEST_ERROR), clean(result.responseExcerpt, LONGEST_EXCERPT)];
}

async function noteHealth(client: PoolClient, { webhookId }: ClaimedDelivery, result: AttemptResult): Promise<void> {
  await client.query(
    `update webhook_endpoints set last_attempt_at = $2, last_status_code = $3, last_error = $4,
       failing_since = case when $5 then null else coalesce(failing_since, $2) end
     where id = $1`,
    [webhookId, new Date(result.at), result.statusCode, texts(result)[0], result.verdict.kind === 'delivered'],
  );
}

async function isFailing(client: PoolClient, webhookId: number, since: number): Promise<boolean> {
  const { rowCount } = await client.query('select from webhook_endpoints where id = $1 and failing_since <= $2', [
    webhookId,
    new Date(since),
  ]);
  return rowCount === 1;
}

async function switchOff(
  client: PoolClient,
  { webhookId, url }: ClaimedDelivery,
  reason: WebhookDisabledReason,
  at: number,
): Promise<void> {
  const { rows } = await client.query<{ description: string | null }>(
    `update webhook_endpoints set active = false, disabled_reason = $2, updated_at = $3 where id = $1 and active returning description`,
    [webhookId, reason, new Date(at)],
  );
  const [row] = rows;
  if (row === undefined) return;
  const target = { targetType: 'webhook', targetId: String(webhookId), targetName: row.description ?? hostOf(url) } as const;
  const change = {
    action: 'webhook.disable',
    ...target,
    before: { active: true },
    after: { active: false, disabledReason: reason },
  } as const;
  await appendAuditRow(client, change, LATCHKEY, new Date(at));
}
