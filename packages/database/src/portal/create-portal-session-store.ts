import { OperationError } from '@latchkey/core';
import type { EntityManager, MikroORM } from '@mikro-orm/postgresql';
import type { Actor } from '../admin/actor.ts';
import type { AuditAction } from '../admin/audit-log.ts';
import { writeAuditEntry } from '../admin/write-audit-entry.ts';
import type { SqlExecutor } from '../sql-executor.ts';
import { createParameters } from '../sql-parameters.ts';
import { executorOfUnit } from '../unit-executor.ts';
import { PortalSession } from './portal-session-entity.ts';
import type {
  NewPortalSession,
  PortalSessionQuery,
  PortalSessionStatus,
  PortalSessionStore,
  PortalSessionView,
  PortalSettings,
} from './portal-session-store.ts';

export interface PortalSessionStoreOptions {
  readonly orm: MikroORM;
  /** For reads outside a unit of work. */
  readonly sql: SqlExecutor;
  readonly now: () => number;
}

/** What happened in sessions stays in the audit log; their rows are of no use for longer. */
const KEPT_MS = 30 * 86_400_000;
/** So that no creation pays for a long pause at once. */
const MOST_REMOVED = 100;

/** Sessions of the self-service portal in PostgreSQL. */
export function createPortalSessionStore({ orm, sql, now }: PortalSessionStoreOptions): PortalSessionStore {
  const change = <Result>(work: (em: EntityManager, at: Date) => Promise<Result>): Promise<Result> =>
    orm.em.fork().transactional((em) => work(em, new Date(now())));
  return {
    create: (session, actor) => change((em, at) => createSession(em, session, actor, at)),
    open: (link, bearer, from) => change((em, at) => openSession(em, { link, bearer }, from, at)),
    findOpen: (bearer) => findOpenSession(sql, bearer, now()),
    list: (query) => listSessions(sql, query, now()),
    revoke: (id, actor) => change((em, at) => revokeSession(em, id, actor, at)),
  };
}

async function createSession(em: EntityManager, fields: NewPortalSession, actor: Actor, at: Date): Promise<PortalSessionView> {
  const { ownerType, ownerId, ownerName, linkDigest, expiresAt, ...settings } = fields;
  const session = em.create(PortalSession, {
    ownerType,
    ownerId,
    ownerName,
    settings,
    linkDigest: Buffer.from(linkDigest),
    createdBy: actor.id,
    createdAt: at,
    expiresAt: new Date(expiresAt),
  });
  await em.flush();
  await removeOldSessions(executorOfUnit(em), at);
  const { returnText: _, theme: __, ...audited } = settings;
  audit(em, 'portal_session.create', session, { ownerType, ownerId, ...audited, expiresAt: session.expiresAt.toISOString() }, actor, at);
  return viewOf(session, at.getTime());
}

async function removeOldSessions(sql: SqlExecutor, at: Date): Promise<void> {
  await sql.query(
    `delete from portal_sessions where id in (
       select id from portal_sessions where expires_at < $1::timestamptz order by expires_at limit ${MOST_REMOVED} for update skip locked)`,
    [new Date(at.getTime() - KEPT_MS)],
  );
}

/** The row lock of the update decides between two who come with the same link: the second finds it used. */
async function openSession(
  em: EntityManager,
  { link, bearer }: { link: Uint8Array; bearer: Uint8Array },
  from: Pick<Actor, 'ipAddress' | 'userAgent'>,
  at: Date,
): Promise<PortalSessionView | null> {
  const [taken] = await executorOfUnit(em).query<{ id: number }>(
    `update portal_sessions set bearer_digest = $2, opened_at = $3::timestamptz
     where link_digest = $1 and opened_at is null and revoked_at is null and expires_at > $3::timestamptz returning id`,
    [Buffer.from(link), Buffer.from(bearer), at],
  );
  if (!taken) return null;
  const session = await em.findOneOrFail(PortalSession, { id: taken.id });
  const actor = { ...from, id: `portal:${session.id}`, name: session.ownerName ?? session.ownerId };
  audit(em, 'portal_session.open', session, { openedAt: at.toISOString() }, actor, at);
  return viewOf(session, at.getTime());
}

async function revokeSession(em: EntityManager, id: number, actor: Actor, at: Date): Promise<PortalSessionView> {
  await executorOfUnit(em).query('select from portal_sessions where id = $1::int for update', [id]);
  const session = await em.findOne(PortalSession, { id });
  if (!session) throw new OperationError('NOT_FOUND', `There is no portal session ${id}.`);
  if (session.revokedAt) return viewOf(session, at.getTime());
  session.revokedAt = at;
  audit(em, 'portal_session.revoke', session, { revokedAt: at.toISOString() }, actor, at);
  await em.flush();
  return viewOf(session, at.getTime());
}

function audit(
  em: EntityManager,
  action: AuditAction,
  session: PortalSession,
  after: Record<string, unknown>,
  actor: Actor,
  at: Date,
): void {
  const target = { targetType: 'portal_session', targetId: String(session.id), targetName: session.ownerName ?? session.ownerId } as const;
  writeAuditEntry(em, { action, ...target, before: null, after }, actor, at);
}

function viewOf(session: PortalSession, now: number): PortalSessionView {
  const { id, ownerType, ownerId, ownerName, createdBy, settings } = session;
  return {
    id,
    ownerType,
    ownerId,
    ownerName: ownerName ?? null,
    ...settings,
    status: statusOf(session, now),
    createdBy: createdBy ?? null,
    createdAt: session.createdAt.toISOString(),
    expiresAt: session.expiresAt.toISOString(),
    openedAt: session.openedAt?.toISOString() ?? null,
    revokedAt: session.revokedAt?.toISOString() ?? null,
  };
}

function statusOf({ revokedAt, expiresAt, openedAt }: PortalSession, now: number): PortalSessionStatus {
  if (revokedAt) return 'revoked';
  if (expiresAt.getTime() <= now) return 'expired';
  return openedAt ? 'open' : 'waiting';
}

interface Row extends Omit<PortalSessionView, keyof PortalSettings> {
  settings: PortalSettings;
}

const instant = (column: string) => `to_char(${column} at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`;

const columns = (
  now: string,
) => `id, owner_type as "ownerType", owner_id as "ownerId", owner_name as "ownerName", settings, created_by as "createdBy",
  case when revoked_at is not null then 'revoked' when expires_at <= ${now}::timestamptz then 'expired'
    when opened_at is not null then 'open' else 'waiting' end as status,
  ${instant('created_at')} as "createdAt", ${instant('expires_at')} as "expiresAt", ${instant('opened_at')} as "openedAt",
  ${instant('revoked_at')} as "revokedAt"`;

async function findOpenSession(sql: SqlExecutor, bearer: Uint8Array, now: number): Promise<PortalSessionView | null> {
  const [row] = await sql.query<Row>(
    `select ${columns('$1')} from portal_sessions where bearer_digest = $2 and revoked_at is null and expires_at > $1::timestamptz`,
    [new Date(now), Buffer.from(bearer)],
  );
  return row ? fromRow(row) : null;
}

async function listSessions(sql: SqlExecutor, query: PortalSessionQuery, now: number) {
  const { values, bind } = createParameters();
  const wanted = { owner_type: query.ownerType, owner_id: query.ownerId };
  const conditions = Object.entries(wanted).flatMap(([column, value]) => (value === undefined ? [] : [`${column} = ${bind(value)}`]));
  const where = conditions.join(' and ') || 'true';
  const counted = [...values];
  const page = `select ${columns(bind(new Date(now)))} from portal_sessions where ${where} order by portal_sessions.id desc limit ${bind(query.limit)} offset ${bind(query.offset)}`;
  const [rows, [count]] = await Promise.all([
    sql.query<Row>(page, values),
    sql.query<{ total: number }>(`select count(*)::int as total from portal_sessions where ${where}`, counted),
  ]);
  return { sessions: rows.map(fromRow), total: count?.total ?? 0 };
}

function fromRow({ settings, ...row }: Row): PortalSessionView {
  return { ...row, ...settings };
}
