import { randomUUID } from 'node:crypto';
import { chmod, mkdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { CliError } from '../error/cli-error.ts';
import type { Environment } from '../terminal/terminal.ts';

/** What signing in leaves behind. Opens the management of that server until it ends: as secret as a password. */
export interface Session {
  /** Origin of the server. */
  readonly url: string;
  readonly email: string;
  /** For the field `Cookie`. */
  readonly cookie: string;
  /** A JWT made from the session, and when it is time for the next (epoch milliseconds of this machine). */
  readonly jwt: { readonly text: string; readonly renewAt: number } | null;
}

export interface Sessions {
  /** The server that commands without an address go to. */
  readonly current: string | null;
  readonly servers: Readonly<Record<string, Session>>;
}

/** The sessions of this user, in a file that nobody else can read. */
export interface SessionFile {
  readonly path: string;
  read(): Promise<Sessions>;
  /** Replaces the file at once: a reader sees the old or the new one, never half of one. */
  change(change: (sessions: Sessions) => Sessions): Promise<void>;
  /** Its permission bits; `null`: there is none. */
  mode(): Promise<number | null>;
}

const NOTHING: Sessions = { current: null, servers: {} };

/** `$XDG_CONFIG_HOME/latchkey/session.json`, `~/.config/…` without it (XDG Base Directory Specification), `%APPDATA%` on Windows. */
export function sessionPath(env: Environment): string {
  const home = env.HOME ?? env.USERPROFILE;
  const directory = absolute(env.XDG_CONFIG_HOME) ?? absolute(env.APPDATA) ?? (home ? path.join(home, '.config') : null);
  if (directory === null) throw new CliError('There is no place for the session: neither HOME nor XDG_CONFIG_HOME is set.');
  return path.join(directory, 'latchkey', 'session.json');
}

export function openSessionFile(file: string): SessionFile {
  async function read(): Promise<Sessions> {
    const text = await readFile(file, 'utf8').catch(ifMissing(null));
    if (text === null) return NOTHING;
    const sessions = parse(text);
    if (sessions === null) throw new CliError(`${file} is damaged.`, { details: ['Delete it and sign in again with "latchkey login".'] });
    return sessions;
  }

  async function change(edit: (sessions: Sessions) => Sessions): Promise<void> {
    const sessions = edit(await read());
    const directory = path.dirname(file);
    await mkdir(directory, { recursive: true, mode: 0o700 });
    const draft = `${file}.${randomUUID()}`;
    try {
      await writeFile(draft, `${JSON.stringify({ version: 1, ...sessions })}\n`, { mode: 0o600, flag: 'wx' });
      // A umask may have taken bits away, never added: this gives the owner back what he needs.
      await chmod(draft, 0o600);
      await rename(draft, file);
    } finally {
      await rm(draft, { force: true });
    }
  }

  return { path: file, read, change, mode: async () => (await stat(file).catch(ifMissing(null)))?.mode ?? null };
}

function absolute(directory: string | undefined): string | null {
  return directory !== undefined && path.isAbsolute(directory) ? directory : null;
}

function parse(text: string): Sessions | null {
  try {
    const value: unknown = JSON.parse(text);
    return isSessions(value) ? value : null;
  } catch {
    return null;
  }
}

function isSessions(value: unknown): value is Sessions {
  if (!isObject(value) || value.version !== 1 || !isObject(value.servers)) return false;
  if (value.current !== null && typeof value.current !== 'string') return false;
  return Object.values(value.servers).every(isSession);
}

function isSession(value: unknown): value is Session {
  if (!isObject(value)) return false;
  const { url, email, cookie, jwt } = value;
  const isJwt = jwt === null || (isObject(jwt) && typeof jwt.text === 'string' && typeof jwt.renewAt === 'number');
  return isJwt && [url, email, cookie].every((member) => typeof member === 'string');
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function ifMissing<Value>(value: Value): (error: NodeJS.ErrnoException) => Value {
  return (error) => {
    if (error.code === 'ENOENT') return value;
    throw error;
  };
}
