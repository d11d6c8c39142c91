import { closeSync, existsSync, openSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { setTimeout as delay } from 'node:timers/promises';
import { DataDirectoryError } from './data-directory-error.ts';

export interface DirectoryLock {
  release(): void;
}

const SQLITE_BUSY = 5;

/**
 * Takes the directory for this process alone. The lock is the operating system's, taken through SQLite because Node has no call for it:
 * it ends with the process however that ends, so there are no stale ones to tell from living ones, and of any number of starters at the
 * same moment exactly one gets it.
 */
export async function lockDirectory(directory: string): Promise<DirectoryLock> {
  const lock = path.join(directory, 'lock');
  closeSync(openSync(lock, 'a', 0o600));
  const file = new DatabaseSync(lock, { timeout: 0 });
  try {
    file.exec('begin exclusive');
  } catch (error) {
    file.close();
    if (error instanceof Error && 'errcode' in error && error.errcode === SQLITE_BUSY) throw await describeHolder(directory);
    throw error;
  }
  // Only for the message to whoever comes second: the lock does not depend on it.
  writeFileSync(path.join(directory, 'pid'), `${process.pid}\n`, { mode: 0o600 });
  return { release: () => file.close() };
}

async function describeHolder(directory: string): Promise<DataDirectoryError> {
  const pid = await readHolderPid(directory);
  const who = pid === null ? 'another Latchkey' : `another Latchkey (process ${pid})`;
  return new DataDirectoryError(
    `The data directory ${directory} is in use by ${who}. Stop that one, or set LATCHKEY_DATA_DIR to another place.`,
  );
}

/** The holder writes its number a moment after it took the lock; until then the file names a predecessor, or nobody. */
async function readHolderPid(directory: string): Promise<number | null> {
  for (let attempt = 0; attempt < 20; attempt += 1) {
    const file = path.join(directory, 'pid');
    const pid = existsSync(file) ? Number(readFileSync(file, 'utf8')) : 0;
    if (Number.isInteger(pid) && pid > 0 && isAlive(pid)) return pid;
    await delay(25);
  }
  return null;
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}
