import { accessSync, constants, existsSync, realpathSync, type Stats, statSync } from 'node:fs';
import path from 'node:path';

/** The system user that PostgreSQL runs as; `null` means the user who runs Latchkey. */
export type PostgresUser = { readonly uid: number; readonly gid: number } | null;

const NOBODY: PostgresUser = { uid: 65_534, gid: 65_534 };

/**
 * PostgreSQL refuses to run as root, so root hands it to `nobody` – or to whoever owns the cluster already, because PostgreSQL also
 * refuses a cluster of somebody else (a first start as an ordinary user, a later one as root).
 */
export function choosePostgresUser(clusterDirectory: string): PostgresUser {
  if (process.getuid?.() !== 0) return null;
  if (!existsSync(clusterDirectory)) return NOBODY;
  const { uid, gid } = statSync(clusterDirectory);
  return uid === 0 ? NOBODY : { uid, gid };
}

/** Whether that user can get as far as this directory: every directory on the way must be searchable for them. */
export function canEnter(directory: string, user: PostgresUser): boolean {
  return withAncestors(realpathSync(directory)).every((each) => hasMode(each, user, 0o1, constants.X_OK));
}

/** Whether that user may read and execute this file, provided they can enter its directory. */
export function canExecute(file: string, user: PostgresUser): boolean {
  return hasMode(file, user, 0o5, constants.R_OK | constants.X_OK);
}

function hasMode(file: string, user: PostgresUser, bits: number, access: number): boolean {
  if (user) return (modeFor(statSync(file), user) & bits) === bits;
  try {
    accessSync(file, access);
    return true;
  } catch {
    return false;
  }
}

function modeFor(stats: Stats, user: NonNullable<PostgresUser>): number {
  if (stats.uid === user.uid) return stats.mode >> 6;
  if (stats.gid === user.gid) return stats.mode >> 3;
  return stats.mode;
}

function withAncestors(directory: string): string[] {
  const parent = path.dirname(directory);
  return parent === directory ? [directory] : [...withAncestors(parent), directory];
}
