import { defineEntity, p } from '@mikro-orm/core';

/** Written and read with plain SQL; the schema check compares it with the table. Properties are called like their columns. */
export const LeakReport = defineEntity({
  name: 'LeakReport',
  tableName: 'leak_reports',
  checks: [
    { name: 'leak_reports_reporter_check', expression: `reporter in ('github', 'holder')` },
    { name: 'leak_reports_candidates_check', expression: `jsonb_typeof(candidates) = 'array'` },
  ],
  indexes: [
    {
      name: 'leak_reports_waiting_index',
      expression: 'create index leak_reports_waiting_index on leak_reports (id) where processed_at is null',
    },
  ],
  properties: {
    id: p.bigint('number').primary().generated('by default as identity'),
    reporter: p.string().length(20),
    candidates: p.json(),
    type: p.string().length(100).nullable(),
    url: p.string().length(2048).nullable(),
    source: p.string().length(100).nullable(),
    ip_address: p.string().columnType('inet').nullable(),
    user_agent: p.string().length(512).nullable(),
    received_at: p.datetime(3),
    processed_at: p.datetime(3).nullable(),
  },
});
