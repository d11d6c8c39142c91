import type { AccountService, Member, Role } from '@latchkey/api';
import { OperationError } from '@latchkey/core';
import { type Actor, type AuditChange, appendAuditRow, rollBack } from '@latchkey/database';
import { DatabaseError, type Pool, type PoolClient } from 'pg';
import { insertMember, type MemberRow, type NewMember, toMember } from './member-row.ts';
import { consumeSetupToken, isSetupTokenValid } from './setup-token.ts';

export interface AccountServiceOptions {
  readonly pool: Pool;
  /** Digest of a password as sign-in checks it. */
  readonly hashPassword: (password: string) => Promise<string>;
  readonly now: () => number;
}

/** Accounts, and how the very first one comes to be. */
export interface Accounts extends AccountService {
  /** Makes the first administrator; `false` and nothing done where there is an account already. */
  ensureFirstAdministrator(email: string, password: string): Promise<boolean>;
}

/** Every decision about who is an administrator is taken under this lock, one after the other. */
const ACCOUNT_LOCK = 727_011;
const SYSTEM: Actor = { id: null, name: 'system', ipAddress: null, userAgent: null };
const WRONG_LINK = 'This set-up link is wrong, used or expired. Restart the server for a new one.';

export function createAccountService(options: AccountServiceOptions): Accounts {
  const { pool, now } = options;
  // On the same connection: the row is part of the change's transaction.
  const writeAudit = (client: PoolClient, audited: AuditChange, actor: Actor) => appendAuditRow(client, audited, actor, new Date(now()));
  const change = <Result>(work: (client: PoolClient) => Promise<Result>) => inAccountTransaction(pool, work);
  const hashed = async <Input extends { password: string }>(input: Input) => ({
    ...input,
    passwordDigest: await options.hashPassword(input.password),
    createdAt: new Date(now()),
  });

  const addFirst = async (client: PoolClient, member: Omit<NewMember, 'role'>, actor: Actor): Promise<Member> => {
    const made = await insertMember(client, { ...member, role: 'admin' });
    await writeAudit(client, memberChange('setup.complete', made, null, summary(made)), { ...actor, id: actor.id ?? made.id });
    return made;
  };

  return {
    isSetupNeeded: async () => !(await hasAccounts(pool)),

    async completeSetup(input, actor) {
      // Checked before the digest is made: guesses must stay cheap.
      if (!(await isSetupTokenValid(pool, input.setupToken, now()))) throw new OperationError('FORBIDDEN', WRONG_LINK);
      const member = await hashed(input);
      return change(async (client) => {
        if ((await hasAccounts(client)) || !(await consumeSetupToken(client, input.setupToken, now()))) {
          throw new OperationError('FORBIDDEN', WRONG_LINK);
        }
        return addFirst(client, member, actor);
      });
    },

    async ensureFirstAdministrator(email, password) {
      if (await hasAccounts(pool)) return false;
      const member = await hashed({ name: 'Administrator', email, password });
      return change(async (client) => {
        if (await hasAccounts(client)) return false;
        await addFirst(client, member, SYSTEM);
        return true;
      });
    },

    async list() {
      const { rows } = await pool.query<MemberRow>('select id, name, email, role, "createdAt" from auth."user" order by "createdAt", id');
      return rows.map(toMember);
    },

    async add(input, actor) {
      const member = await hashed(input);
      return change(async (client) => {
        const made = await insertMember(client, member).catch(refuseSecondUse);
        await writeAudit(client, memberChange('member.add', made, null, summary(made)), actor);
        return made;
      });
    },

    setRole: (id, role, actor) =>
      change(async (client) => {
        const member = await getMember(client, id);
        if (member.role === role) return member;
        if (role !== 'admin') await refuseLastAdministrator(client, id);
        await client.query('update auth."user" set role = $2, "updatedAt" = $3 where id = $1', [id, role, new Date(now())]);
        await writeAudit(client, memberChange('member.set_role', member, { role: member.role }, { role }), actor);
        return { ...member, role };
      }),

    remove: (id, actor) =>
      change(async (client) => {
        const member = await getMember(client, id);
        if (member.role === 'admin') await refuseLastAdministrator(client, id);
        // Its sessions and its password go with it (on delete cascade).
        await client.query('delete from auth."user" where id = $1', [id]);
        await writeAudit(client, memberChange('member.remove', member, summary(member), null), actor);
      }),
  };
}

async function inAccountTransaction<Result>(pool: Pool, work: (client: PoolClient) => Promise<Result>): Promise<Result> {
  const client = await pool.connect();
  try {
    await client.query('begin');
    await client.query('select pg_advisory_xact_lock($1)', [ACCOUNT_LOCK]);
    const result = await work(client);
    await client.query('commit');
    client.release();
    return result;
  } catch (error) {
    await rollBack(client, error);
    throw error;
  }
}

async function hasAccounts(client: Pool | PoolClient): Promise<boolean> {
  const { rowCount } = await client.query('select from auth."user" limit 1');
  return rowCount === 1;
}

async function getMember(client: PoolClient, id: string): Promise<Member> {
  const { rows } = await client.query<MemberRow>('select id, name, email, role, "createdAt" from auth."user" where id = $1', [id]);
  const [row] = rows;
  if (row === undefined) throw new OperationError('NOT_FOUND', 'There is no member with this id.');
  return toMember(row);
}

async function refuseLastAdministrator(client: PoolClient, id: string): Promise<void> {
  const { rowCount } = await client.query(`select from auth."user" where role = 'admin' and id <> $1 limit 1`, [id]);
  if (rowCount === 0) throw new OperationError('CONFLICT', 'This is the last administrator. Make somebody else an administrator first.');
}

function refuseSecondUse(error: unknown): never {
  if (!(error instanceof DatabaseError) || error.code !== '23505') throw error;
  throw new OperationError('CONFLICT', 'There is a member with this e-mail address already.');
}

function memberChange(
  action: AuditChange['action'],
  member: Member,
  before: AuditChange['before'],
  after: AuditChange['after'],
): AuditChange {
  return { action, targetType: 'member', targetId: member.id, targetName: member.name, before, after };
}

function summary(member: Member): { name: string; email: string; role: Role } {
  return { name: member.name, email: member.email, role: member.role };
}
