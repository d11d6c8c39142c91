import { OperationError } from '@latchkey/core';
import type { EntityManager, MikroORM } from '@mikro-orm/postgresql';
import type { Pool } from 'pg';
import type { Actor } from '../admin/actor.ts';
import type { AuditAction } from '../admin/audit-log.ts';
import { writeAuditEntry } from '../admin/write-audit-entry.ts';
import { writeTokenEvent } from '../event/write-token-event.ts';
import type { Owner } from '../owner/owner-store.ts';
import { endPortalSessions } from '../portal/end-portal-sessions.ts';
import { inReadTransaction } from '../read-transaction.ts';
import { executorOf, type SqlExecutor } from '../sql-executor.ts';
import { executorOfUnit } from '../unit-executor.ts';
import { type DeletedLog, deleteTokenLog, deleteTokenUsage, NO_LOG } from '../usage/delete-token-usage.ts';
import { holdIngest } from '../usage/ingest-gate.ts';
import { applySettings, applyTrial, changeToken, describeToken, type TokenChanges } from './change-token.ts';
import { deleteExpired } from './delete-expired.ts';
import { readTokenRecord } from './find-token.ts';
import { listTokens } from './list-tokens.ts';
import { readTokenImpact } from './read-token-impact.ts';
import { holdOwner, refuseBeyondBounds } from './refuse-beyond-bounds.ts';
import { selectToken } from './select-tokens.ts';
import { Token } from './token-entity.ts';
import { TokenSecret } from './token-secret-entity.ts';
import type { NewToken, TokenBounds, TokenPatch, TokenStore, TokenView, TrialProposal } from './token-store.ts';

export interface TokenStoreOptions {
  readonly orm: MikroORM;
  /** For reads outside a unit of work. */
  readonly pool: Pool;
  readonly now: () => number;
  /** Whether tokens of a key type may be revoked and deleted (C-03). Default: all may. */
  readonly isRevocable?: ((keyType: string | null) => boolean) | undefined;
}

/** Tokens in PostgreSQL. Every change and its audit rows are one transaction. */
export function createTokenStore({ orm, pool, now, isRevocable = () => true }: TokenStoreOptions): TokenStore {
  const sql = executorOf(pool);
  const change = <Result>(work: (unit: Unit) => Promise<Result>, actor: Actor): Promise<Result> =>
    orm.em.fork().transactional((em) => work({ em, actor, at: new Date(now()), isRevocable }));

  return {
    create: (token, actor, bounds) => change((unit) => createToken(unit, token, bounds), actor),
    createAll: (tokens, actor) => change((unit) => createTokens(unit, tokens), actor),
    get: async (id) => found(await selectToken(sql, id, now()), id),
    getRecord: async (id) => found(await readTokenRecord(sql, id), id),
    list: (query) => inReadTransaction(pool, (executor) => listTokens(executor, query, now())),
    update: (id, patch, actor) => change((unit) => updateToken(unit, id, patch), actor),
    setActive: (ids, active, actor) => change((unit) => setTokensActive(unit, ids, active), actor),
    setTrial: (id, proposal, actor) => change((unit) => setTrial(unit, id, proposal), actor),
    enforceTrial: (id, since, actor) => change((unit) => enforceTrial(unit, id, since), actor),
    clearTrial: (id, actor) => change((unit) => clearTrial(unit, id), actor),
    revoke: (id, actor) => change((unit) => revokeToken(unit, id), actor),
    delete: (id, actor) => change((unit) => deleteToken(unit, id), actor),
    endOwner: (owner, options, actor) => change((unit) => endOwner(unit, owner, options), actor),
    deleteExpired: (query, actor) =>
      deleteExpired({ sql, isRevocable, remove: (id) => change((unit) => deleteToken(unit, id, endedBefore(query.before)), actor) }, query),
    readViewableText: async (id) => (await readViewable(sql, id)).text,
    readImpact: async (id) => found(await readTokenImpact(sql, id, now()), id),
  };
}

async function readViewable(sql: SqlExecutor, id: number): Promise<{ text: string | null }> {
  const [row] = await sql.query<{ text: string | null }>('select viewable_text as text from api_tokens where id = $1', [id]);
  return found(row, id);
}

/** One change: its transaction, who makes it, and when. */
interface Unit {
  readonly em: EntityManager;
  readonly actor: Actor;
  readonly at: Date;
  readonly isRevocable: (keyType: string | null) => boolean;
}

async function createToken(unit: Unit, fields: NewToken, bounds?: TokenBounds): Promise<TokenView> {
  refuseNul(fields);
  if (bounds) await refuseBeyondBounds(executorOfUnit(unit.em), fields, bounds, unit.at);
  const [token] = await storeTokens(unit, [fields]);
  return view(unit, token?.id ?? 0);
}

async function createTokens(unit: Unit, all: readonly NewToken[]): Promise<number[]> {
  for (const fields of all) refuseNul(fields);
  return (await storeTokens(unit, all)).map(({ id }) => id);
}

/** With their audit rows and events. */
async function storeTokens(unit: Unit, all: readonly NewToken[]): Promise<Token[]> {
  const tokens = all.map((fields) => addToken(unit, fields));
  await unit.em.flush().catch(refuseKnownSecret);
  for (const [index, token] of tokens.entries()) {
    const isImport = (all[index]?.importDigest ?? null) !== null;
    audit(unit, isImport ? 'token.import' : 'token.create', token, { before: null, after: describeToken(token) });
  }
  return tokens;
}

/** The token and its first secret, to be written by the next flush. */
function addToken(unit: Unit, fields: NewToken): Token {
  const {
    rateLimit,
    refillInterval,
    notBefore,
    expiresAt,
    digest,
    digestAlgorithm,
    secretVersion,
    foreignText = false,
    importDigest = null,
    createdAt,
    ...same
  } = fields;
  const token = unit.em.create(Token, {
    ...same,
    rateLimitMax: rateLimit,
    refillIntervalMs: refillInterval ?? null,
    notBefore: instantOrNull(notBefore),
    expiresAt: instantOrNull(expiresAt),
    createdBy: unit.actor.id,
    createdAt: createdAt === undefined ? unit.at : new Date(createdAt),
    updatedAt: unit.at,
  });
  const { prefix, start, last4, createdBy } = token;
  const made = { createdAt: token.createdAt, createdBy, prefix, start, last4 };
  unit.em.create(TokenSecret, {
    token,
    digest: Buffer.from(digest),
    digestAlgorithm,
    secretVersion,
    foreignText,
    importDigest: importDigest === null ? null : Buffer.from(importDigest),
    ...made,
  });
  return token;
}

/** The unit of work wraps the driver's error. */
function refuseKnownSecret(error: unknown): never {
  const constraint = error instanceof Error && 'constraint' in error ? String(error.constraint) : '';
  const cause = error instanceof Error && error.cause instanceof Error && 'constraint' in error.cause ? String(error.cause.constraint) : '';
  if (![constraint, cause].some((name) => /^api_token_secrets_(import_)?digest_unique$/.test(name))) throw error;
  throw new OperationError('CONFLICT', 'A token with this secret is here already.');
}

function instantOrNull(epochMs: number | null | undefined): Date | null {
  return epochMs === null || epochMs === undefined ? null : new Date(epochMs);
}

async function updateToken(unit: Unit, id: number, patch: TokenPatch): Promise<TokenView> {
  refuseNul(patch);
  const token = await lockToken(unit, id);
  const settings = changeToken(token, () => applySettings(token, patch, unit.at));
  const switched = changeToken(token, () => {
    token.active = patch.active ?? token.active;
  });
  if (token.revokedAt && (switched || (settings && 'expiresAt' in settings.after))) throw permanent();
  if (settings) audit(unit, 'token.update', token, settings);
  if (switched) audit(unit, token.active ? 'token.enable' : 'token.disable', token, switched);
  return stamped(unit, token, settings !== null || switched !== null);
}

async function setTokensActive(unit: Unit, ids: readonly number[], active: boolean) {
  const tokens = await lockTokens(unit, ids);
  const usable = tokens.filter((token) => token.revokedAt === null);
  const changed = usable.filter((token) => switchToken(unit, token, active)).map(({ id }) => id);
  const known = new Set(usable.map(({ id }) => id));
  return { changed, skipped: [...new Set(ids)].filter((id) => !known.has(id)) };
}

function switchToken(unit: Unit, token: Token, active: boolean): boolean {
  const changes = changeToken(token, () => {
    token.active = active;
  });
  if (!changes) return false;
  token.updatedAt = unit.at;
  audit(unit, active ? 'token.enable' : 'token.disable', token, changes);
  return true;
}

async function setTrial(unit: Unit, id: number, proposal: TrialProposal): Promise<TokenView> {
  refuseNul(proposal);
  const token = await lockToken(unit, id);
  if (token.revokedAt) throw permanent();
  const changes = changeToken(token, () => {
    token.trial = { ...proposal, since: unit.at.getTime(), by: unit.actor.name };
  });
  if (changes) audit(unit, 'token.set_trial', token, changes);
  return stamped(unit, token, true);
}

async function enforceTrial(unit: Unit, id: number, since: number | null): Promise<TokenView> {
  const token = await lockToken(unit, id);
  const { trial } = token;
  if (token.revokedAt) throw permanent();
  if (!trial) throw new OperationError('CONFLICT', 'Nothing is on trial for this token.');
  if (since !== null && since !== trial.since) {
    throw new OperationError('CONFLICT', 'Other rules were put on trial meanwhile. Look at those before you enforce them.');
  }
  const changes = changeToken(token, () => applyTrial(token, trial));
  if (changes) audit(unit, 'token.enforce_trial', token, changes);
  return stamped(unit, token, true);
}

async function clearTrial(unit: Unit, id: number): Promise<TokenView> {
  const token = await lockToken(unit, id);
  const changes = changeToken(token, () => {
    token.trial = null;
  });
  if (changes) audit(unit, 'token.clear_trial', token, changes);
  return stamped(unit, token, changes !== null);
}

/** A revoked token is switched off as well, for whoever reads nothing but `active`. */
async function revokeToken(unit: Unit, id: number): Promise<TokenView> {
  const token = await lockToken(unit, id);
  if (token.revokedAt) return view(unit, id);
  refuseNotRevocable(unit, token);
  const changes = changeToken(token, () => {
    token.revokedAt = unit.at;
    token.active = false;
  });
  if (changes) audit(unit, 'token.revoke', token, changes);
  return stamped(unit, token, true);
}

async function deleteToken(unit: Unit, id: number, refuse: (token: Token) => void = () => {}): Promise<void> {
  const sql = executorOfUnit(unit.em);
  const log = await deleteTokenLog(sql, id);
  await holdIngest(sql);
  await deleteHeldToken(unit, id, log, refuse);
}

/** @param log what `deleteTokenLog` answered. After `holdIngest`. */
async function deleteHeldToken(unit: Unit, id: number, log: DeletedLog, refuse: (token: Token) => void = () => {}): Promise<void> {
  const token = await lockToken(unit, id, 'for update');
  refuseNotRevocable(unit, token);
  refuse(token);
  await deleteTokenUsage(executorOfUnit(unit.em), id, log);
  audit(unit, 'token.delete', token, { before: describeToken(token), after: null });
  unit.em.remove(token);
}

/** Says no to a token that was given a longer life since it was found. */
function endedBefore(instant: number): (token: Token) => void {
  return ({ id, expiresAt }) => {
    if (!expiresAt || expiresAt.getTime() >= instant) throw new OperationError('CONFLICT', `The API token ${id} has not expired.`);
  };
}

/** Non-revocable tokens end here and nowhere else: their owner takes them along (C-03). */
async function endOwner(unit: Unit, owner: Owner, { keepHistory }: { keepHistory: boolean }): Promise<{ ids: number[] }> {
  const sql = executorOfUnit(unit.em);
  await holdOwner(sql, owner);
  const all = { ...unit, isRevocable: () => true };
  const ids = await (keepHistory ? revokeTokensOf(all, owner) : deleteTokensOf(all, owner));
  const target = { targetType: 'owner', targetId: owner.id, targetName: `${owner.type}:${owner.id}`.slice(0, 255) } as const;
  const after = { tokens: ids.length, portalSessions: await endPortalSessions(sql, owner, unit.at), keepHistory };
  writeAuditEntry(unit.em, { action: 'owner.end', ...target, before: null, after }, unit.actor, unit.at);
  return { ids };
}

async function revokeTokensOf(unit: Unit, owner: Owner): Promise<number[]> {
  const ids = await idsOf(unit, owner, 'and revoked_at is null order by id for no key update');
  for (const id of ids) await revokeToken(unit, id);
  return ids;
}

/**
 * The logs of all of them first: what comes after `holdIngest` keeps everybody's usage waiting, and whoever deletes one of these tokens
 * meanwhile holds its log and waits for the gate, so to ask for another log behind the gate would be to wait in a circle.
 */
async function deleteTokensOf(unit: Unit, owner: Owner): Promise<number[]> {
  const sql = executorOfUnit(unit.em);
  const logs = new Map<number, DeletedLog>();
  for (const id of await idsOf(unit, owner, 'order by id')) logs.set(id, await deleteTokenLog(sql, id));
  await holdIngest(sql);
  // Behind the gate nobody else deletes any more.
  const ids = await idsOf(unit, owner, 'order by id');
  for (const id of ids) await deleteHeldToken(unit, id, logs.get(id) ?? NO_LOG);
  return ids;
}

async function idsOf({ em }: Unit, { type, id }: Owner, which: string): Promise<number[]> {
  const rows = await executorOfUnit(em).query<{ id: number }>(
    `select id from api_tokens where owner_type = $1 and owner_id = $2 ${which}`,
    [type, id],
  );
  return rows.map((row) => row.id);
}

/**
 * Locks by ascending id, so that two changes of the same tokens never wait for each other in a circle. `for no key update` lets the
 * usage store go on holding the row; only a deletion has to wait for it.
 */
async function lockTokens({ em }: Unit, ids: readonly number[], strength: LockStrength = 'for no key update'): Promise<Token[]> {
  await executorOfUnit(em).query(`select from api_tokens where id = any($1::int[]) order by id ${strength}`, [ids]);
  return em.find(Token, { id: { $in: [...ids] } }, { orderBy: { id: 'asc' } });
}

type LockStrength = 'for no key update' | 'for update';

async function lockToken(unit: Unit, id: number, strength?: LockStrength): Promise<Token> {
  const [token] = await lockTokens(unit, [id], strength);
  return found(token, id);
}

async function stamped(unit: Unit, token: Token, changed: boolean): Promise<TokenView> {
  if (changed) token.updatedAt = unit.at;
  await unit.em.flush();
  return view(unit, token.id);
}

async function view({ em, at }: Unit, id: number): Promise<TokenView> {
  return found(await selectToken(executorOfUnit(em), id, at.getTime()), id);
}

/** Whatever is written down of a token is told as well. */
function audit(unit: Unit, action: AuditAction, token: Token, changes: TokenChanges | AuditedLife): void {
  const target = { targetType: 'token', targetId: String(token.id), targetName: token.name ?? null } as const;
  writeAuditEntry(unit.em, { action, ...target, ...changes }, unit.actor, unit.at);
  writeTokenEvent(unit.em, action, token, changes, unit.actor, unit.at);
}

/** A beginning has no `before`, an end no `after`. */
type AuditedLife = { before: null; after: Record<string, unknown> } | { before: Record<string, unknown>; after: null };

function found<Value>(value: Value | null | undefined, id: number): Value {
  if (value === null || value === undefined) throw new OperationError('NOT_FOUND', `There is no API token ${id}.`);
  return value;
}

/** PostgreSQL holds every character but this one, and breaks off the connection that sends it. */
function refuseNul(fields: NewToken | TokenPatch | TrialProposal): void {
  for (const [path, value] of Object.entries(fields)) {
    const texts: unknown[] = Array.isArray(value) ? value : [value];
    if (!texts.some((text) => typeof text === 'string' && text.includes('\0'))) continue;
    throw new OperationError('VALIDATION_ERROR', 'Invalid input', [{ path, message: 'Text must not contain the NUL character.' }]);
  }
}

/** Whoever loses such a token must not be locked out by an owner's limit of one: it goes with its owner only (S2-182…184). */
function refuseNotRevocable(unit: Unit, token: Token): void {
  if (unit.isRevocable(token.keyType ?? null)) return;
  const message = `Tokens of the type "${token.keyType}" cannot be revoked or deleted. They end with their owner; to stop one, disable it.`;
  throw new OperationError('CONFLICT', message);
}

function permanent(): OperationError {
  return new OperationError('CONFLICT', 'The token is revoked, and that is permanent. Create a new token instead.');
}
