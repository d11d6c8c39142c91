import type { MikroORM } from '@mikro-orm/postgresql';
import type { SqlExecutor } from '../sql-executor.ts';
import { createParameters } from '../sql-parameters.ts';
import type { AuditEntry, AuditLog, AuditQuery } from './audit-log.ts';
import { writeAuditEntry } from './write-audit-entry.ts';

export interface AuditLogOptions {
  readonly orm: MikroORM;
  readonly sql: SqlExecutor;
  readonly now: () => number;
}

/** Reads the audit log, newest first, and appends what is changed outside the token store. */
export function createAuditLog({ orm, sql, now }: AuditLogOptions): AuditLog {
  return {
    append: (change, actor) => orm.em.fork().transactional(async (em) => writeAuditEntry(em, change, actor, new Date(now()))),
    list: (query) => listEntries(sql, query),
  };
}

const COLUMNS = `id::float8 as id, to_char(at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') as at, action, actor_id as "actorId",
  actor_name as "actorName", host(ip_address) as "ipAddress", user_agent as "userAgent", target_type as "targetType", target_id as "targetId",
  target_name as "targetName", before, after`;

async function listEntries(sql: SqlExecutor, query: AuditQuery): Promise<{ entries: AuditEntry[]; total: number }> {
  const { values, bind } = createParameters();
  const wanted = { action: query.action, target_type: query.targetType, target_id: query.targetId };
  const conditions = Object.entries(wanted).flatMap(([column, value]) => (value === undefined ? [] : [`${column} = ${bind(value)}`]));
  const where = conditions.join(' and ') || 'true';
  const counted = [...values];
  const page = `select ${COLUMNS} from audit_log where ${where} order by audit_log.id desc limit ${bind(query.limit)} offset ${bind(query.offset)}`;
  const [entries, [count]] = await Promise.all([
    sql.query<AuditEntry>(page, values),
    sql.query<{ total: number }>(`select count(*)::int as total from audit_log where ${where}`, counted),
  ]);
  return { entries, total: count?.total ?? 0 };
}
