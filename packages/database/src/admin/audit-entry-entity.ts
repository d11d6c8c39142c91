import { defineEntity, p } from '@mikro-orm/core';
import type { AuditAction, AuditTarget } from './audit-log.ts';

const SECRET_MEMBERS = `array['token', 'secret', 'digest', 'password']`;

/** The same rules are in the migrations; `migrate check` compares the two. */
const checks = [
  { name: 'audit_log_action_check', expression: `action ~ '^[a-z_]+[.][a-z_]+$'` },
  { name: 'audit_log_target_type_check', expression: `target_type ~ '^[a-z_]+$'` },
  { name: 'audit_log_before_check', expression: `jsonb_typeof(before) = 'object' and not jsonb_exists_any(before, ${SECRET_MEMBERS})` },
  { name: 'audit_log_after_check', expression: `jsonb_typeof(after) = 'object' and not jsonb_exists_any(after, ${SECRET_MEMBERS})` },
];

const AuditEntryBase = defineEntity({
  name: 'AuditEntry',
  tableName: 'audit_log',
  checks,
  indexes: [{ name: 'audit_log_target_index', properties: ['targetType', 'targetId', 'id'] }],
  properties: {
    id: p.bigint('number').primary().generated('by default as identity'),
    at: p.datetime(3),
    action: p.string().$type<AuditAction>().length(50),
    actorId: p.string().length(255).nullable(),
    actorName: p.string().length(255),
    ipAddress: p.string().columnType('inet').nullable(),
    userAgent: p.string().length(512).nullable(),
    targetType: p.string().$type<AuditTarget>().length(20),
    targetId: p.string().length(255),
    targetName: p.string().length(255).nullable(),
    before: p.json<Record<string, unknown>>().nullable(),
    after: p.json<Record<string, unknown>>().nullable(),
  },
});

/** A row of `audit_log`. The database refuses to change or remove one. */
export class AuditEntry extends AuditEntryBase.class {}
AuditEntryBase.setClass(AuditEntry);
