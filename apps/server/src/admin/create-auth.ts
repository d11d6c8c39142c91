import { isIP } from 'node:net';
import type { Account, Role } from '@latchkey/api';
import { hashPassword } from 'better-auth/crypto';
import { Pool } from 'pg';
import type { Logger } from 'pino';
import { type Accounts, createAccountService } from './account-service.ts';
import { createJwtVerifier, type JwtSubject } from './admin-jwt.ts';
import {
  AUTH_PATH,
  CLIENT_ADDRESS_HEADER,
  createAuthInstance,
  createAuthOptions,
  SIGN_IN_LIMITS,
  type SignInLimits,
} from './auth-instance.ts';
import { readCredential } from './credential.ts';
import { dropUnreadableKeys } from './drop-unreadable-keys.ts';
import { migrateAuth } from './migrate-auth.ts';
import { hasSessionCookie } from './session-cookie.ts';
import { issueSetupToken } from './setup-token.ts';
import { createAttemptCounter } from './sign-in-attempts.ts';

export interface AuthOptions {
  readonly databaseUrl: string;
  /** Signs session cookies and encrypts the private JWT keys; at least 32 characters, the same in every process. */
  readonly secret: string;
  /** Any address of this server, such as `http://127.0.0.1:3010`; requests may come in under others. */
  readonly baseUrl: string;
  readonly now: () => number;
  readonly logger: Pick<Logger, 'debug' | 'info' | 'warn' | 'error'>;
  readonly limits?: SignInLimits | undefined;
}

/** A request for sign-in, sign-out, session or JWT. */
export interface AuthRequest {
  readonly method: string;
  /** Whether it came over TLS. */
  readonly secure: boolean;
  /** Path and query. */
  readonly url: string;
  readonly headers: Headers;
  /** JSON; `null` for a GET. */
  readonly body: string | null;
  readonly clientAddress: string | null;
}

/** `refused`: it brought something, and that is not good. */
export type Authentication =
  | { readonly account: Account; readonly by: 'session' | 'jwt' }
  | { readonly account: null; readonly refused: boolean };

export interface Auth {
  readonly accounts: Accounts;
  /** Makes or completes the tables; to be called once before anything else. */
  migrate(): Promise<void>;
  /** Answers under `/api/auth/`. Only the calls that Latchkey needs exist; everything else there is 404. */
  handle(request: AuthRequest): Promise<Response>;
  /** Who is calling. @param secure whether the request came over TLS: then only the `__Host-` cookie counts. */
  authenticate(headers: Headers, secure: boolean): Promise<Authentication>;
  /** A one-time secret for `/setup#token=…`; `null` where there is an account already. */
  issueSetupToken(): Promise<string | null>;
  close(): Promise<void>;
}

/** What better-auth may answer. Its other calls (sign-up, e-mail change, account linking…) are not part of Latchkey. */
const CALLS: ReadonlySet<string> = new Set([
  'POST /sign-in/email',
  'POST /sign-out',
  'GET /get-session',
  'GET /token',
  'GET /jwks',
  'POST /change-password',
  'GET /list-sessions',
  'POST /revoke-session',
  'POST /revoke-other-sessions',
]);

const POOL = { max: 8, application_name: 'latchkey-auth', statement_timeout: 10_000, connectionTimeoutMillis: 5_000 };

/** Administrators' accounts, sessions and JWTs, in the schema `auth` of the given database. */
export function createAuth(options: AuthOptions): Auth {
  const { now, logger } = options;
  const pool = new Pool({ connectionString: options.databaseUrl, ...POOL });
  // Only the message: the error itself carries the whole connection, with its keys.
  pool.on('error', ({ message }) => {
    if (!pool.ending) logger.warn({ error: message }, 'An idle connection of the account store was lost');
  });
  const attempts = createAttemptCounter(pool, now);
  const settings = { ...options, pool, attempts, limits: options.limits ?? SIGN_IN_LIMITS };
  // Whether a cookie is bound to TLS is decided at construction, but one server may be reached both ways.
  const plain = createAuthInstance({ ...settings, secureCookies: false });
  const secure = createAuthInstance({ ...settings, secureCookies: true });
  const verifyJwt = createJwtVerifier({ loadKeys: async () => ({ keys: [...(await plain.api.getJwks()).keys] }), now });

  return {
    accounts: createAccountService({ pool, hashPassword, now }),
    async migrate() {
      await migrateAuth(pool, createAuthOptions({ ...settings, secureCookies: false }));
      await dropUnreadableKeys(pool, options.secret, logger);
    },

    async handle(request) {
      const call = `${request.method} ${pathOf(request.url)}`;
      if (!CALLS.has(call)) return Response.json({ message: 'Not found', code: 'NOT_FOUND' }, { status: 404 });
      if (call === 'POST /sign-in/email') await dropEnded(pool, now());
      const instance = request.secure ? secure : plain;
      return withRetryAfter(await instance.handler(toWebRequest(request, options.baseUrl)));
    },

    async authenticate(headers, isSecure) {
      const credential = readCredential(headers.get('authorization'), hasSessionCookie(headers.get('cookie'), isSecure));
      if (credential.kind === 'none') return { account: null, refused: false };
      if (credential.kind === 'foreign') return { account: null, refused: true };
      if (credential.kind === 'session') {
        const found = await (isSecure ? secure : plain).api.getSession({ headers: cookieOnly(headers) });
        return found ? { account: toAccount(found.user), by: 'session' } : { account: null, refused: true };
      }
      const subject = await verifyJwt(credential.text);
      const account = subject && (await findAccount(pool, subject, now()));
      return account ? { account, by: 'jwt' } : { account: null, refused: true };
    },

    issueSetupToken: () => issueSetupToken(pool, now()),
    close: () => pool.end(),
  };
}

/** What has ended says nothing more: windows of attempts, and sessions whose owner never came back. */
async function dropEnded(pool: Pool, now: number): Promise<void> {
  await pool.query('delete from auth.attempt where window_ends_at <= $1', [new Date(now)]);
  await pool.query('delete from auth.session where "expiresAt" <= $1', [new Date(now)]);
}

/** The role as it is now. A JWT ends with the session it was made from, and with the account. */
async function findAccount(pool: Pool, subject: JwtSubject, now: number): Promise<Account | null> {
  const { rows } = await pool.query<Account>(
    `select u.id, u.name, u.email, u.role from auth."user" u join auth.session s on s."userId" = u.id
     where u.id = $1 and s.id = $2 and s."expiresAt" > $3`,
    [subject.userId, subject.sessionId, new Date(now)],
  );
  return rows[0] ?? null;
}

function toAccount(user: { id: string; name: string; email: string; role: string }): Account {
  const role: Role = user.role === 'admin' ? 'admin' : 'viewer';
  return { id: user.id, name: user.name, email: user.email, role };
}

function pathOf(url: string): string {
  const path = url.split('?', 1)[0] ?? '';
  return path.startsWith(`${AUTH_PATH}/`) ? path.slice(AUTH_PATH.length) : '';
}

function cookieOnly(headers: Headers): Headers {
  return new Headers({ cookie: headers.get('cookie') ?? '' });
}

function toWebRequest(request: AuthRequest, baseUrl: string): Request {
  const headers = new Headers(request.headers);
  headers.delete(CLIENT_ADDRESS_HEADER);
  // Sign-out has nothing to say, and better-auth reads nothing but JSON.
  if (request.body !== null) headers.set('content-type', 'application/json');
  if (request.clientAddress !== null && isIP(request.clientAddress) > 0) headers.set(CLIENT_ADDRESS_HEADER, request.clientAddress);
  return new Request(new URL(request.url, baseUrl), { method: request.method, headers, body: request.body });
}

/** better-auth says how long to wait in a field of its own. */
function withRetryAfter(response: Response): Response {
  const seconds = response.headers.get('x-retry-after');
  if (seconds === null) return response;
  const headers = new Headers(response.headers);
  headers.delete('x-retry-after');
  headers.set('retry-after', seconds);
  return new Response(response.body, { status: response.status, headers });
}
