import { randomBytes, randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { chmod, open, readFile, rename } from 'node:fs/promises';
import path from 'node:path';
import { DataDirectoryError } from './data-directory-error.ts';

export interface Secrets {
  /** Keys of the token digests, newest first. */
  readonly tokenSecrets: readonly string[];
  readonly authSecret: string;
}

interface Given {
  readonly tokenSecrets: readonly string[] | null;
  readonly authSecret: string | null;
}

/**
 * The secrets that were given, or else the ones generated in the data directory. A damaged or lost one stops the start: a new one in
 * its place would make every token, or every session and second factor, worthless without a word.
 */
export async function loadSecrets(directory: string, given: Given): Promise<Secrets> {
  return {
    tokenSecrets: given.tokenSecrets ?? [await loadSecret(directory, 'token-secret', 'LATCHKEY_TOKEN_SECRET')],
    authSecret: given.authSecret ?? (await loadSecret(directory, 'auth-secret', 'LATCHKEY_AUTH_SECRET')),
  };
}

async function loadSecret(directory: string, name: string, variable: string): Promise<string> {
  const file = path.join(directory, name);
  const text = await readFile(file, 'utf8').catch(() => null);
  if (text !== null && /^[\w-]{43}\n$/.test(text)) {
    await chmod(file, 0o600);
    return text.trim();
  }
  const help = `Put it back from a backup, or set ${variable} to the secret it held`;
  if (existsSync(file)) throw new DataDirectoryError(`The secret file ${file} is damaged. ${help}.`);
  // Secrets are made before the database, so a database without them had them once.
  if (existsSync(path.join(directory, 'postgres'))) throw new DataDirectoryError(`The secret file ${file} is missing. ${help}.`);
  return createSecret(directory, file);
}

async function createSecret(directory: string, file: string): Promise<string> {
  const secret = randomBytes(32).toString('base64url');
  const unfinished = path.join(directory, `secret-${randomUUID()}`);
  await writeDurably(unfinished, `${secret}\n`);
  await rename(unfinished, file);
  await syncDirectory(directory);
  return secret;
}

async function writeDurably(file: string, text: string): Promise<void> {
  const handle = await open(file, 'wx', 0o600);
  await handle.writeFile(text);
  await handle.sync();
  await handle.close();
}

async function syncDirectory(directory: string): Promise<void> {
  if (process.platform === 'win32') return;
  const handle = await open(directory, 'r');
  await handle.sync();
  await handle.close();
}
