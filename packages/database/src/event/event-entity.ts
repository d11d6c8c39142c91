import type { EventType, TEST_EVENT_TYPE } from '@latchkey/core';
import { defineEntity, p } from '@mikro-orm/core';

/** The same rules are in the migrations; `migrate check` compares the two. */
const checks = [
  { name: 'events_type_check', expression: `type ~ '^[a-z]+[.][a-z_]+$'` },
  { name: 'events_data_check', expression: `jsonb_typeof(data) = 'object'` },
];

const EventBase = defineEntity({
  name: 'Event',
  tableName: 'events',
  checks,
  indexes: [
    { name: 'events_transaction_index', properties: ['transactionId', 'number'] },
    { name: 'events_occurred_at_index', properties: ['occurredAt'] },
    { name: 'events_token_index', properties: ['tokenId', 'occurredAt'] },
  ],
  properties: {
    id: p.string().length(40).primary(),
    number: p.bigint('number').autoincrement(),
    transactionId: p.string().columnType('xid8').defaultRaw('pg_current_xact_id()'),
    type: p.string().$type<EventType | typeof TEST_EVENT_TYPE>().length(40),
    occurredAt: p.datetime(3),
    tokenId: p.integer().nullable(),
    data: p.json<Record<string, unknown>>(),
    fact: p.string().length(128).nullable().unique('events_fact_unique'),
  },
});

/** A row of the outbox. A trigger gives it a delivery for every webhook that wants it. */
export class Event extends EventBase.class {}
EventBase.setClass(Event);
