import { type BetterAuthOptions, betterAuth } from 'better-auth';
import { APIError, createAuthMiddleware } from 'better-auth/api';
import { jwt } from 'better-auth/plugins/jwt';
import { PostgresDialect } from 'kysely';
import type { Pool } from 'pg';
import type { Logger } from 'pino';
import { JWT_AUDIENCE, JWT_ISSUER, JWT_LIFETIME } from './admin-jwt.ts';
import type { AttemptCounter, AttemptRule } from './sign-in-attempts.ts';

/** Set by us on every request that reaches the sign-in code, whatever came from outside under this name. */
export const CLIENT_ADDRESS_HEADER = 'x-latchkey-client-address';
export const AUTH_PATH = '/api/auth';
export const SESSION_COOKIE = 'latchkey.session_token';
/** Over TLS: bound to this host, this path and TLS by the browser (RFC 6265bis §4.1.3.2). */
export const SECURE_SESSION_COOKIE = `__Host-${SESSION_COOKIE}`;

const SESSION_SECONDS = 7 * 86_400;

export interface SignInLimits {
  /** Attempts from one address (IPv6: one /64), good ones included. */
  readonly perAddress: AttemptRule;
  /** Attempts on one account from addresses that never signed in to it. A good one starts the count anew. */
  readonly perAccount: AttemptRule;
}

export const SIGN_IN_LIMITS: SignInLimits = { perAddress: { window: 60, max: 20 }, perAccount: { window: 900, max: 10 } };

export interface AuthInstanceOptions {
  readonly pool: Pool;
  readonly secret: string;
  readonly baseUrl: string;
  readonly secureCookies: boolean;
  readonly attempts: AttemptCounter;
  readonly limits: SignInLimits;
  readonly logger: Pick<Logger, 'debug' | 'info' | 'warn' | 'error'>;
}

export type AuthInstance = ReturnType<typeof createAuthInstance>;

/** better-auth as this server uses it: e-mail and password, sessions in the schema `auth`, JWTs for programs, no sign-up. */
export function createAuthInstance(options: AuthInstanceOptions) {
  return betterAuth(createAuthOptions(options));
}

export function createAuthOptions(options: AuthInstanceOptions) {
  return {
    appName: 'Latchkey',
    baseURL: options.baseUrl,
    basePath: AUTH_PATH,
    secret: options.secret,
    database: { dialect: new PostgresDialect({ pool: options.pool }), type: 'postgres', schemaName: 'auth' },
    emailAndPassword: { enabled: true, disableSignUp: true, minPasswordLength: 12, maxPasswordLength: 128 },
    // `role` never comes from a request: only the account service writes it.
    user: { additionalFields: { role: { type: 'string', required: true, defaultValue: 'viewer', input: false } } },
    session: { expiresIn: SESSION_SECONDS, disableSessionRefresh: true },
    rateLimit: {
      enabled: true,
      window: 60,
      max: 300,
      customRules: { '/sign-in/email': { ...options.limits.perAddress } },
      customStorage: { consume: (key, rule) => options.attempts.consume(`path|${key}`, rule) },
    },
    advanced: {
      // The management app has compared the origin of every change before it comes here, also behind proxies (`is-same-origin.ts`).
      disableCSRFCheck: true,
      cookiePrefix: options.secureCookies ? '__Host-latchkey' : 'latchkey',
      // The library's own switch would prefix `__Secure-`.
      useSecureCookies: false,
      defaultCookieAttributes: { secure: options.secureCookies, httpOnly: true, sameSite: 'strict', path: '/' },
      ipAddress: { ipAddressHeaders: [CLIENT_ADDRESS_HEADER] },
      // `migrateAuth` has made the tables before the first request.
      database: { validateSchema: false },
    },
    telemetry: { enabled: false },
    logger: { level: 'warn', log: (level, message) => options.logger[level]({ part: 'auth' }, message) },
    // Without this, it also writes refusals such as a wrong password to the standard error output.
    onAPIError: { onError: (error) => logDefect(error, options.logger) },
    hooks: createAccountLimit(options),
    plugins: [
      jwt({
        disableSettingJwtHeader: true,
        jwks: { keyPairConfig: { alg: 'EdDSA', crv: 'Ed25519' } },
        jwt: {
          issuer: JWT_ISSUER,
          audience: JWT_AUDIENCE,
          expirationTime: JWT_LIFETIME,
          // The session's id and nothing about the person: role and name are read fresh, and signing out ends the JWT too.
          definePayload: ({ session }) => ({ sid: session.id }),
        },
      }),
    ],
  } satisfies BetterAuthOptions;
}

function logDefect(error: unknown, logger: AuthInstanceOptions['logger']): void {
  const isRefusal = error instanceof APIError && error.statusCode < 500;
  if (!isRefusal) logger.error({ err: error, part: 'auth' }, 'Sign-in code failed');
}

/** An address that signed in to an account stays known for it so long. */
const KNOWN_ADDRESS: AttemptRule = { window: 30 * 86_400, max: Number.POSITIVE_INFINITY };

/**
 * Guessing one account from many addresses is slowed down too. Addresses that have signed in to the account are counted apart,
 * so that a guesser can not lock the owner out.
 */
function createAccountLimit({ attempts, limits }: AuthInstanceOptions) {
  const limited = { message: 'Too many attempts for this account. Try again later.' };
  return {
    before: createAuthMiddleware(async (ctx) => {
      if (ctx.path !== '/sign-in/email') return;
      const { account, address } = attemptKeys(ctx.body, ctx.headers);
      const key = (await attempts.isOpen(`known|${address}`)) ? address : account;
      const { allowed, retryAfter } = await attempts.consume(key, limits.perAccount);
      if (!allowed) throw new APIError('TOO_MANY_REQUESTS', limited, { 'x-retry-after': `${retryAfter}` });
    }),
    after: createAuthMiddleware(async (ctx) => {
      if (ctx.path !== '/sign-in/email' || !ctx.context.newSession) return;
      const { account, address } = attemptKeys(ctx.body, ctx.headers);
      await Promise.all([attempts.forget(account), attempts.forget(address), attempts.consume(`known|${address}`, KNOWN_ADDRESS)]);
    }),
  };
}

function attemptKeys(body: unknown, headers: Headers | undefined): { account: string; address: string } {
  const email = body !== null && typeof body === 'object' && 'email' in body ? body.email : null;
  const account = `account|${typeof email === 'string' ? email.trim().toLowerCase() : ''}`;
  return { account, address: `${account}|${headers?.get(CLIENT_ADDRESS_HEADER) ?? ''}` };
}
