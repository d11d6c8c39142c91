import { randomUUID } from 'node:crypto';
import type { Member, Role } from '@latchkey/api';
import type { PoolClient } from 'pg';

/** A row of `auth."user"`: the table and its column names are better-auth's. */
export interface MemberRow {
  id: string;
  name: string;
  email: string;
  role: Role;
  createdAt: Date;
}

export interface NewMember {
  readonly name: string;
  readonly email: string;
  readonly role: Role;
  readonly passwordDigest: string;
  readonly createdAt: Date;
}

export function toMember(row: MemberRow): Member {
  return { ...row, createdAt: row.createdAt.toISOString() };
}

/** The account and its password, as better-auth's sign-in reads them. */
export async function insertMember(client: PoolClient, member: NewMember): Promise<Member> {
  const id = randomUUID();
  const { rows } = await client.query<MemberRow>(
    `insert into auth."user" (id, name, email, "emailVerified", role, "createdAt", "updatedAt")
     values ($1, $2, $3, true, $4, $5, $5) returning id, name, email, role, "createdAt"`,
    // Sign-in looks for lower case.
    [id, member.name, member.email.toLowerCase(), member.role, member.createdAt],
  );
  await client.query(
    `insert into auth.account (id, "accountId", "providerId", "userId", password, "createdAt", "updatedAt")
     values ($1, $2, 'credential', $2, $3, $4, $4)`,
    [randomUUID(), id, member.passwordDigest, member.createdAt],
  );
  const [row] = rows;
  if (row === undefined) throw new TypeError('insert … returning gave no row');
  return toMember(row);
}
