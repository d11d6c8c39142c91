import { createEventId, OperationError, TEST_EVENT_TYPE } from '@latchkey/core';
import type { Pool, PoolClient } from 'pg';
import type { Actor } from '../admin/actor.ts';
import { appendAuditRow } from '../admin/append-audit-row.ts';
import type { AuditAction } from '../admin/audit-log.ts';
import { inTransaction } from '../in-transaction.ts';
import { executorOf } from '../sql-executor.ts';
import { selectDeliveries, selectDelivery, selectWebhook, selectWebhooks } from './select-webhooks.ts';
import type { DeliveryView, NewWebhook, WebhookPatch, WebhookStore, WebhookView } from './webhook-store.ts';

export interface WebhookStoreOptions {
  readonly pool: Pool;
  /** Epoch milliseconds. */
  readonly now: () => number;
}

/** Webhook endpoints in PostgreSQL. */
export function createWebhookStore({ pool, now }: WebhookStoreOptions): WebhookStore {
  const sql = executorOf(pool);
  const change = <T>(actor: Actor, work: (unit: Unit) => Promise<T>): Promise<T> =>
    inTransaction(pool, (client) => work({ client, actor, at: new Date(now()) }));

  return {
    list: async (page) => {
      const [webhooks, [count]] = await Promise.all([
        selectWebhooks(sql, page, now()),
        sql.query<{ total: number }>('select count(*)::int as total from webhook_endpoints'),
      ]);
      return { webhooks, total: count?.total ?? 0 };
    },
    get: async (id) => found(await selectWebhook(sql, id, now()), `webhook ${id}`),
    create: (webhook, actor) => change(actor, (unit) => createEndpoint(unit, webhook)),
    update: (id, patch, actor) => change(actor, (unit) => updateEndpoint(unit, id, patch)),
    delete: (id, actor) => change(actor, (unit) => deleteEndpoint(unit, id)),
    rotateSecret: (id, secret, overlapUntil, actor) => change(actor, (unit) => rotateSecret(unit, id, secret, overlapUntil)),
    test: (id, actor) => change(actor, (unit) => sendTest(unit, id)),
    deliveries: (query) => selectDeliveries(sql, query),
    delivery: async (id) => found(await selectDelivery(sql, id), `delivery ${id}`),
    replay: (id, actor) => change(actor, (unit) => replay(unit, id)),
  };
}

interface Unit {
  readonly client: PoolClient;
  readonly actor: Actor;
  readonly at: Date;
}

async function createEndpoint(unit: Unit, { url, description, eventTypes, secret }: NewWebhook): Promise<WebhookView> {
  const { rows } = await unit.client.query<{ id: number }>(
    `insert into webhook_endpoints (url, description, event_types, secret, created_by, created_at, updated_at)
     values ($1, $2, $3, $4, $5, $6, $6) returning id`,
    [url, description, eventTypes, Buffer.from(secret), unit.actor.id, unit.at],
  );
  const webhook = await view(unit, rows[0]?.id ?? 0);
  await audit(unit, 'webhook.create', webhook, { before: null, after: settings(webhook) });
  return webhook;
}

async function updateEndpoint(unit: Unit, id: number, patch: WebhookPatch): Promise<WebhookView> {
  const old = await lock(unit, id);
  const wanted = { ...settings(old), ...defined(patch) };
  const changes = differences(settings(old), wanted);
  if (changes === null) return old;
  const { active, ...rest } = changes.after;
  // Switched on or off by hand, it starts anew: what it was switched off for is history.
  await unit.client.query(
    `update webhook_endpoints set url = $2, description = $3, event_types = $4, active = $5, updated_at = $6,
       disabled_reason = case when active = $5 then disabled_reason end, failing_since = case when active = $5 then failing_since end
     where id = $1`,
    [id, wanted.url, wanted.description, wanted.eventTypes, wanted.active, unit.at],
  );
  const webhook = await view(unit, id);
  if (Object.keys(rest).length > 0) await audit(unit, 'webhook.update', webhook, { before: without(changes.before), after: rest });
  if (active !== undefined) {
    await audit(unit, active ? 'webhook.enable' : 'webhook.disable', webhook, { before: { active: old.active }, after: { active } });
  }
  return webhook;
}

async function deleteEndpoint(unit: Unit, id: number): Promise<void> {
  const webhook = await lock(unit, id, 'for update');
  await unit.client.query('delete from webhook_endpoints where id = $1', [id]);
  await audit(unit, 'webhook.delete', webhook, { before: settings(webhook), after: null });
}

async function rotateSecret(unit: Unit, id: number, secret: Uint8Array, overlapUntil: number | null): Promise<WebhookView> {
  await lock(unit, id);
  const until = overlapUntil === null ? null : new Date(overlapUntil);
  await unit.client.query(
    `update webhook_endpoints set previous_secret = case when $3::timestamptz is not null then secret end, previous_secret_until = $3,
       secret = $2, updated_at = $4 where id = $1`,
    [id, Buffer.from(secret), until, unit.at],
  );
  const webhook = await view(unit, id);
  await audit(unit, 'webhook.rotate_secret', webhook, { before: null, after: { previousSecretUntil: until?.toISOString() ?? null } });
  return webhook;
}

async function sendTest(unit: Unit, id: number): Promise<DeliveryView> {
  const webhook = await lock(unit, id);
  refuseInactive(webhook);
  const eventId = createEventId(unit.at.getTime());
  const data = { message: 'This is a test. It says that deliveries arrive and that their signature can be checked.', webhook_id: id };
  await unit.client.query('insert into events (id, type, occurred_at, data) values ($1, $2, $3, $4)', [
    eventId,
    TEST_EVENT_TYPE,
    unit.at,
    data,
  ]);
  const { rows } = await unit.client.query<{ id: string }>(
    'insert into webhook_deliveries (event_id, endpoint_id, next_attempt_at, created_at) values ($1, $2, $3, $3) returning id',
    [eventId, id, unit.at],
  );
  await audit(unit, 'webhook.test', webhook, { before: null, after: { eventId } });
  return found(await selectDelivery(executorOf(unit.client), Number(rows[0]?.id)), 'delivery');
}

async function replay(unit: Unit, id: number): Promise<DeliveryView> {
  const sql = executorOf(unit.client);
  const delivery = found(await selectDelivery(sql, id), `delivery ${id}`);
  const webhook = await lock(unit, delivery.webhookId);
  refuseInactive(webhook);
  await unit.client.query(`update webhook_deliveries set status = 'pending', tries = 0, next_attempt_at = $2 where id = $1`, [id, unit.at]);
  await audit(unit, 'webhook.replay', webhook, { before: null, after: { eventId: delivery.eventId, eventType: delivery.eventType } });
  return found(await selectDelivery(sql, id), `delivery ${id}`);
}

/** Always the endpoint before its deliveries, so that nobody waits in a circle. */
async function lock(unit: Unit, id: number, strength: 'for no key update' | 'for update' = 'for no key update'): Promise<WebhookView> {
  await unit.client.query(`select from webhook_endpoints where id = $1 ${strength}`, [id]);
  return view(unit, id);
}

async function view({ client, at }: Unit, id: number): Promise<WebhookView> {
  return found(await selectWebhook(executorOf(client), id, at.getTime()), `webhook ${id}`);
}

type Settings = Pick<WebhookView, 'url' | 'description' | 'eventTypes' | 'active'>;

function settings({ url, description, eventTypes, active }: WebhookView): Settings {
  return { url, description, eventTypes, active };
}

function defined(patch: WebhookPatch): Partial<Settings> {
  return Object.fromEntries(Object.entries(patch).filter(([, value]) => value !== undefined));
}

function differences(before: Settings, after: Settings): { before: Partial<Settings>; after: Partial<Settings> } | null {
  const names = (Object.keys(before) as (keyof Settings)[]).filter((name) => JSON.stringify(before[name]) !== JSON.stringify(after[name]));
  const only = (values: Settings): Partial<Settings> => Object.fromEntries(names.map((name) => [name, values[name]]));
  return names.length === 0 ? null : { before: only(before), after: only(after) };
}

function without({ active: _, ...rest }: Partial<Settings>): Partial<Settings> {
  return rest;
}

function audit(unit: Unit, action: AuditAction, webhook: WebhookView, changes: { before: object | null; after: object | null }) {
  const target = { targetType: 'webhook', targetId: String(webhook.id), targetName: webhook.description ?? hostOf(webhook.url) } as const;
  const change = { action, ...target, before: changes.before && { ...changes.before }, after: changes.after && { ...changes.after } };
  return appendAuditRow(unit.client, change, unit.actor, unit.at);
}

/** What an endpoint is called where it has no description. */
export function hostOf(url: string): string {
  return URL.canParse(url) ? new URL(url).host : url;
}

function refuseInactive(webhook: WebhookView): void {
  if (!webhook.active) throw new OperationError('CONFLICT', 'The webhook is switched off. Switch it on first, then send.');
}

function found<Value>(value: Value | null, what: string): Value {
  if (value === null) throw new OperationError('NOT_FOUND', `There is no ${what}.`);
  return value;
}
