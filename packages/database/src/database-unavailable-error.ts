import { Client } from 'pg';

/**
 * `DATABASE_URL_INVALID`: not an address · `DATABASE_UNREACHABLE`: nobody answers there · `DATABASE_REFUSED`: it answers, and refuses
 * (password, missing database, too many connections) · `DATABASE_TOO_OLD`: older than PostgreSQL 15.
 */
export type DatabaseUnavailableCode = 'DATABASE_URL_INVALID' | 'DATABASE_UNREACHABLE' | 'DATABASE_REFUSED' | 'DATABASE_TOO_OLD';

/** The database cannot be used. The message is one sentence that names host, port and database, and never the password. */
export class DatabaseUnavailableError extends Error {
  readonly code: DatabaseUnavailableCode;

  constructor(code: DatabaseUnavailableCode, message: string) {
    super(message);
    this.name = 'DatabaseUnavailableError';
    this.code = code;
  }
}

/** What went wrong while connecting to `url`, in one sentence. Nothing of the original error is attached: it may quote the address. */
export function describeConnectionFailure(url: string, error: unknown): DatabaseUnavailableError {
  const place = describePlace(url);
  if (place === null) {
    return new DatabaseUnavailableError(
      'DATABASE_URL_INVALID',
      'The database address must look like postgresql://user:password@host:5432/database; special characters are written as %40 for @ and so on.',
    );
  }
  const cause = firstOf(error);
  // SQLSTATE has five characters; the codes of sockets and names (ECONNREFUSED, ENOTFOUND, …) are longer.
  if (/^[0-9A-Z]{5}$/.test(cause.code)) {
    return new DatabaseUnavailableError('DATABASE_REFUSED', `PostgreSQL at ${place} refused the connection: ${cause.message}.`);
  }
  return new DatabaseUnavailableError('DATABASE_UNREACHABLE', `PostgreSQL at ${place} cannot be reached: ${cause.message}.`);
}

/** `host:port/database` of an address, or `null` where it is none; one whose escapes are not UTF-8 is none. */
export function describePlace(url: string): string | null {
  if (!URL.canParse(url)) return null;
  const { protocol, hostname, port, pathname, searchParams } = new URL(url);
  if (protocol !== 'postgresql:' && protocol !== 'postgres:') return null;
  if (!isDecodable(url, pathname)) return null;
  return `${searchParams.get('host') ?? (hostname || 'localhost')}:${port || '5432'}${pathname === '' ? '/' : decodeURI(pathname)}`;
}

/** The driver takes a lone `%` in a password for what it is, so it is the one to ask; making a client connects to nothing. */
function isDecodable(url: string, pathname: string): boolean {
  try {
    decodeURIComponent(pathname);
    new Client({ connectionString: url });
    return true;
  } catch (error) {
    if (error instanceof URIError) return false;
    throw error;
  }
}

/** A host with several addresses fails with one error for each, and no message of its own. */
function firstOf(error: unknown): { code: string; message: string } {
  const cause: unknown = error instanceof AggregateError ? error.errors[0] : error;
  if (!(cause instanceof Error)) return { code: '', message: 'unknown failure' };
  return { code: 'code' in cause ? String(cause.code) : '', message: cause.message.replace(/\.$/, '') };
}
