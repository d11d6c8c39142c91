import { defineEntity, p } from '@mikro-orm/core';
import { Event } from '../event/event-entity.ts';

// Nothing is read or written through these entities – that is plain SQL – but the schema check compares them with the tables.
// Properties are called like their columns.

const instant = () => p.datetime(3);

const Endpoint = defineEntity({
  name: 'WebhookEndpoint',
  tableName: 'webhook_endpoints',
  checks: [
    {
      name: 'webhook_endpoints_event_types_check',
      expression: 'array_position(event_types, null) is null and cardinality(event_types) > 0',
    },
    { name: 'webhook_endpoints_previous_secret_check', expression: '(previous_secret is null) = (previous_secret_until is null)' },
    {
      name: 'webhook_endpoints_disabled_reason_check',
      expression: `disabled_reason is null or (disabled_reason in ('gone', 'failing') and not active)`,
    },
  ],
  properties: {
    id: p.integer().primary().generated('by default as identity'),
    url: p.string().length(2048),
    description: p.string().length(255).nullable(),
    event_types: p.array().columnType('text[]').nullable(),
    active: p.boolean().default(true),
    secret: p.uint8array(),
    previous_secret: p.uint8array().nullable(),
    previous_secret_until: instant().nullable(),
    disabled_reason: p.string().length(20).nullable(),
    failing_since: instant().nullable(),
    last_attempt_at: instant().nullable(),
    last_status_code: p.smallint().nullable(),
    last_error: p.string().length(255).nullable(),
    created_by: p.string().length(255).nullable(),
    created_at: instant(),
    updated_at: instant(),
  },
});

const Delivery = defineEntity({
  name: 'WebhookDelivery',
  tableName: 'webhook_deliveries',
  checks: [
    { name: 'webhook_deliveries_status_check', expression: `status in ('pending', 'delivered', 'failed')` },
    { name: 'webhook_deliveries_next_attempt_check', expression: `(status = 'pending') = (next_attempt_at is not null)` },
    { name: 'webhook_deliveries_attempts_check', expression: 'tries >= 0 and attempts >= tries' },
  ],
  indexes: [
    {
      name: 'webhook_deliveries_due_index',
      expression: `create index webhook_deliveries_due_index on webhook_deliveries (endpoint_id, next_attempt_at) where status = 'pending'`,
    },
    { name: 'webhook_deliveries_endpoint_index', properties: ['endpoint', 'id'] },
  ],
  uniques: [{ name: 'webhook_deliveries_event_endpoint_unique', properties: ['event', 'endpoint'] }],
  properties: {
    id: p.bigint('number').primary().generated('by default as identity'),
    event: p.manyToOne(Event).joinColumn('event_id').deleteRule('cascade').foreignKeyName('webhook_deliveries_event_foreign').index(false),
    endpoint: p
      .manyToOne(Endpoint)
      .joinColumn('endpoint_id')
      .deleteRule('cascade')
      .foreignKeyName('webhook_deliveries_endpoint_foreign')
      .index(false),
    status: p.string().length(20).default('pending'),
    attempts: p.integer().default(0),
    tries: p.integer().default(0),
    next_attempt_at: instant().nullable(),
    created_at: instant(),
  },
});

const Attempt = defineEntity({
  name: 'WebhookAttempt',
  tableName: 'webhook_attempts',
  checks: [{ name: 'webhook_attempts_outcome_check', expression: '(status_code is null) <> (error is null)' }],
  properties: {
    delivery: p
      .manyToOne(Delivery)
      .primary()
      .joinColumn('delivery_id')
      .deleteRule('cascade')
      .foreignKeyName('webhook_attempts_delivery_foreign')
      .index(false),
    number: p.integer().primary(),
    at: instant(),
    duration_ms: p.integer(),
    status_code: p.smallint().nullable(),
    error: p.string().length(255).nullable(),
    response_excerpt: p.text().nullable(),
  },
});

export const webhookEntities = [Endpoint, Delivery, Attempt];
