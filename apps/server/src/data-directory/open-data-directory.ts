import { existsSync } from 'node:fs';
import { chmod, mkdir, readdir, stat } from 'node:fs/promises';
import path from 'node:path';
import { DataDirectoryError } from './data-directory-error.ts';
import { lockDirectory } from './directory-lock.ts';

export interface DataDirectory {
  /** Absolute. */
  readonly path: string;
  /** Gives it up for the next process. */
  close(): void;
}

const PRIVATE = 0o700;
// Root hands the database to another user, who must be able to pass through – and still can neither list the directory nor read in it.
const PASSABLE = 0o711;
const OWN_FILES = ['lock', 'token-secret', 'auth-secret', 'postgres'];

/**
 * Makes the directory where there is none, closes it to other users, and takes it for this process alone.
 * `holdsDatabase` (true): the embedded database will live in it.
 */
export async function openDataDirectory(directory: string, { holdsDatabase = true } = {}): Promise<DataDirectory> {
  const mode = holdsDatabase && process.getuid?.() === 0 ? PASSABLE : PRIVATE;
  try {
    await makeDirectory(directory, mode);
    await close(directory, mode);
    const lock = await lockDirectory(directory);
    return { path: directory, close: lock.release };
  } catch (error) {
    throw describe(error, directory);
  }
}

/** Not `recursive: true`: that never ends where a file system answers "no such directory" to every new name, as /proc does. */
async function makeDirectory(directory: string, mode: number): Promise<void> {
  const missing: string[] = [];
  for (let each = directory; !existsSync(each); each = path.dirname(each)) missing.unshift(each);
  for (const each of missing) await mkdir(each, { mode: each === directory ? mode : 0o755 }).catch(unlessItExists);
  if (!(await stat(directory)).isDirectory())
    throw new DataDirectoryError(`The data directory ${directory} is a file. Set LATCHKEY_DATA_DIR to another place.`);
}

/** Another starter may have made it in between; the lock decides between the two. */
function unlessItExists(error: NodeJS.ErrnoException): void {
  if (error.code !== 'EEXIST') throw error;
}

/** Never changes the mode of somebody's directory because its name was given by mistake: think of `/tmp`. */
async function close(directory: string, mode: number): Promise<void> {
  const current = (await stat(directory)).mode & 0o777;
  if (current === mode) return;
  const names = await readdir(directory);
  const isOurs = names.every((name) => name === 'lost+found') || names.some((name) => OWN_FILES.includes(name));
  if (isOurs) await chmod(directory, mode);
  else if ((current & 0o066) !== 0) {
    throw new DataDirectoryError(
      `The directory ${directory} holds other things and is open to other users. Set LATCHKEY_DATA_DIR to a directory that Latchkey has to itself.`,
    );
  }
}

const REASONS: Readonly<Record<string, string>> = {
  EACCES: 'permission denied',
  EPERM: 'permission denied',
  EROFS: 'the file system is read-only',
  ENOSPC: 'the disk is full',
  ENOTDIR: 'part of the path is a file',
  ENOENT: 'directories cannot be made there',
};

function describe(error: unknown, directory: string): unknown {
  if (error instanceof DataDirectoryError || !(error instanceof Error)) return error;
  const code = 'code' in error ? String(error.code) : '';
  const reason = REASONS[code] ?? (code === 'ERR_SQLITE_ERROR' ? 'permission denied or disk full' : error.message);
  return new DataDirectoryError(
    `Cannot write to the data directory ${path.resolve(directory)}: ${reason}. Make it writable for the user who starts Latchkey, or set LATCHKEY_DATA_DIR to another place.`,
  );
}
