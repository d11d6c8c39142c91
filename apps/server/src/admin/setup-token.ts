import { createHash, randomBytes } from 'node:crypto';
import type { Pool, PoolClient } from 'pg';

const LIFETIME_MS = 30 * 60_000;

/**
 * A secret for making the first administrator: 256 random bits, good for 30 minutes and until the first account exists. Only its
 * digest is kept – in the database, so that any process can take it. `null` where there is an account already.
 */
export async function issueSetupToken(pool: Pool, now: number): Promise<string | null> {
  const text = randomBytes(32).toString('base64url');
  await pool.query('delete from auth.setup_token where expires_at <= $1', [new Date(now)]);
  const { rowCount } = await pool.query(
    'insert into auth.setup_token (digest, expires_at) select $1, $2 where not exists (select from auth."user")',
    [digest(text), new Date(now + LIFETIME_MS)],
  );
  return rowCount === 1 ? text : null;
}

export async function isSetupTokenValid(pool: Pool, text: string, now: number): Promise<boolean> {
  const { rowCount } = await pool.query('select from auth.setup_token where digest = $1 and expires_at > $2', [
    digest(text),
    new Date(now),
  ]);
  return rowCount === 1;
}

/** Uses a token up, and every other one with it: there is only one first account. */
export async function consumeSetupToken(client: PoolClient, text: string, now: number): Promise<boolean> {
  const { rowCount } = await client.query('select from auth.setup_token where digest = $1 and expires_at > $2', [
    digest(text),
    new Date(now),
  ]);
  if (rowCount !== 1) return false;
  await client.query('delete from auth.setup_token');
  return true;
}

function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
