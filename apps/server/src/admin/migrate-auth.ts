import { getMigrations } from 'better-auth/db/migration';
import type { Pool } from 'pg';
import type { createAuthOptions } from './auth-instance.ts';

/** Any number no one else locks. */
const MIGRATION_LOCK = 727_010;

const OWN_TABLES = `
  create table if not exists auth.attempt (
    key bytea primary key check (octet_length(key) = 32),
    count int not null check (count > 0),
    window_ends_at timestamptz not null
  );
  create index if not exists attempt_window_ends_at on auth.attempt (window_ends_at);
  create table if not exists auth.setup_token (
    digest bytea primary key check (octet_length(digest) = 32),
    expires_at timestamptz not null
  );`;

/** Makes or completes the schema `auth`. Safe to run by any number of starters at once: one works, the others wait and find it done. */
export async function migrateAuth(pool: Pool, options: ReturnType<typeof createAuthOptions>): Promise<void> {
  const lock = await pool.connect();
  try {
    await lock.query('select pg_advisory_lock($1)', [MIGRATION_LOCK]);
    await lock.query('create schema if not exists auth');
    const { runMigrations } = await getMigrations(options);
    await runMigrations();
    await lock.query(OWN_TABLES);
  } finally {
    // Ends the connection, and the lock with it, also where the work failed half-way.
    lock.release(true);
  }
}
