import type { SqlExecutor } from '../sql-executor.ts';
import { createParameters } from '../sql-parameters.ts';
import type { DeliveryAttempt, DeliveryQuery, DeliveryRow, DeliveryView, WebhookView } from './webhook-store.ts';

const instant = (column: string) => `to_char(${column} at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`;

/** `$1`: now. */
const WEBHOOKS = `
  select e.id, e.url, e.description, e.event_types as "eventTypes", e.active, e.disabled_reason as "disabledReason",
    ${instant('e.failing_since')} as "failingSince",
    case when e.previous_secret_until > $1::timestamptz then ${instant('e.previous_secret_until')} end as "previousSecretUntil",
    e.created_by as "createdBy", ${instant('e.created_at')} as "createdAt", ${instant('e.updated_at')} as "updatedAt",
    (select count(*)::int from webhook_deliveries d where d.endpoint_id = e.id and d.status = 'pending') as pending,
    case when e.last_attempt_at is not null then json_build_object('at', ${instant('e.last_attempt_at')},
      'statusCode', e.last_status_code, 'error', e.last_error) end as "lastAttempt"
  from webhook_endpoints e`;

export async function selectWebhooks(sql: SqlExecutor, page: { limit: number; offset: number }, now: number): Promise<WebhookView[]> {
  return sql.query(`${WEBHOOKS} order by e.id limit $2 offset $3`, [new Date(now), page.limit, page.offset]);
}

export async function selectWebhook(sql: SqlExecutor, id: number, now: number): Promise<WebhookView | null> {
  const [row] = await sql.query<WebhookView>(`${WEBHOOKS} where e.id = $2`, [new Date(now), id]);
  return row ?? null;
}

const DELIVERY = `
  d.id::float8 as id, d.endpoint_id as "webhookId", d.event_id as "eventId", v.type as "eventType", v.token_id as "tokenId",
  v.data #>> '{token,name}' as "tokenName", ${instant('v.occurred_at')} as "occurredAt", d.status, d.attempts,
  ${instant('d.next_attempt_at')} as "nextAttemptAt", ${instant('d.created_at')} as "createdAt",
  (select json_build_object('at', ${instant('a.at')}, 'statusCode', a.status_code, 'error', a.error, 'durationMs', a.duration_ms)
   from webhook_attempts a where a.delivery_id = d.id order by a.number desc limit 1) as "lastAttempt"`;

const FROM = 'from webhook_deliveries d join events v on v.id = d.event_id';

/** Newest first. */
export async function selectDeliveries(sql: SqlExecutor, query: DeliveryQuery): Promise<{ deliveries: DeliveryRow[]; total: number }> {
  const { values, bind } = createParameters();
  const ofStatus = query.status === undefined ? '' : ` and d.status = ${bind(query.status)}`;
  const where = `where d.endpoint_id = ${bind(query.webhookId)}${ofStatus}`;
  const counted = [...values];
  const page = `order by d.id desc limit ${bind(query.limit)} offset ${bind(query.offset)}`;
  const [deliveries, [count]] = await Promise.all([
    sql.query<DeliveryRow>(`select ${DELIVERY} ${FROM} ${where} ${page}`, values),
    sql.query<{ total: number }>(`select count(*)::int as total from webhook_deliveries d ${where}`, counted),
  ]);
  return { deliveries, total: count?.total ?? 0 };
}

const PAYLOAD = `json_build_object('id', v.id, 'type', v.type, 'occurred_at', ${instant('v.occurred_at')}, 'data', v.data)`;
const ATTEMPTS = `
  select number, ${instant('at')} as at, duration_ms as "durationMs", status_code as "statusCode", error, response_excerpt as "responseExcerpt"
  from webhook_attempts where delivery_id = $1 order by number desc limit 100`;

export async function selectDelivery(sql: SqlExecutor, id: number): Promise<DeliveryView | null> {
  const [row] = await sql.query<Omit<DeliveryView, 'attemptLog'>>(`select ${DELIVERY}, ${PAYLOAD} as payload ${FROM} where d.id = $1`, [
    id,
  ]);
  return row ? { ...row, attemptLog: await sql.query<DeliveryAttempt>(ATTEMPTS, [id]) } : null;
}
