import { notSignedIn, usageError } from '../error/cli-error.ts';
import { type Environment, readAll, type Terminal } from '../terminal/terminal.ts';
import { parseServerAddress } from './server-address.ts';
import type { ServerFetch } from './server-request.ts';
import type { SessionFile } from './session-file.ts';
import { fetchJwt, renewalTime } from './sign-in.ts';

/** Where a command goes, and what it says to be let in. */
export interface Credential {
  readonly origin: string;
  /** `stdin`, `environment`: an administrator's JWT that was given; `session`: of `latchkey login`. */
  readonly source: 'stdin' | 'environment' | 'session';
  /** A JWT. @param rejected the one that the server has just refused: another one is wanted, if there can be one. */
  jwt(rejected?: string): Promise<string | null>;
}

export interface CredentialOptions {
  readonly env: Environment;
  readonly terminal: Terminal;
  /** Asked for only where a session is wanted: a JWT needs no home. */
  readonly sessions: () => SessionFile;
  readonly fetch: ServerFetch;
  readonly now: () => number;
  /** `--url` as typed. */
  readonly url: string | undefined;
  /** `--jwt-stdin`. */
  readonly jwtStdin: boolean;
}

const SIGN_IN = 'Sign in with "latchkey login", or set LATCHKEY_URL and LATCHKEY_ADMIN_JWT.';

/** The first of: a JWT on standard input, one in the environment, the session of the server. */
export async function findCredential(options: CredentialOptions): Promise<Credential> {
  const { env, terminal } = options;
  const origin = await findOrigin(options);
  if (options.jwtStdin) return given(origin, 'stdin', (await readAll(terminal.stdin)).trim());
  if (env.LATCHKEY_ADMIN_JWT) return given(origin, 'environment', env.LATCHKEY_ADMIN_JWT.trim());
  return ofSession(options, origin);
}

/** The first of: `--url`, `LATCHKEY_URL`, the server last signed in to. */
export async function findOrigin({ env, url, sessions }: Pick<CredentialOptions, 'env' | 'url' | 'sessions'>): Promise<string> {
  const named = url ?? env.LATCHKEY_URL;
  if (named) return parseServerAddress(named);
  const { current } = await sessions().read();
  if (current === null) throw notSignedIn('You are not signed in.', SIGN_IN);
  return current;
}

function given(origin: string, source: 'stdin' | 'environment', jwt: string): Credential {
  if (!/^[\w-]+\.[\w-]+\.[\w-]+$/.test(jwt)) {
    const place = source === 'stdin' ? 'Standard input' : 'LATCHKEY_ADMIN_JWT';
    throw usageError(`${place} holds no administrator JWT.`, 'It has three parts with dots between them; an API token is not one.');
  }
  return { origin, source, jwt: async (rejected) => (rejected === undefined ? jwt : null) };
}

async function ofSession({ sessions: open, fetch, now }: CredentialOptions, origin: string): Promise<Credential> {
  const sessions = open();
  const session = (await sessions.read()).servers[origin];
  if (session === undefined) throw notSignedIn(`You are not signed in to ${origin}.`, SIGN_IN);
  let held = session.jwt;

  async function renew(cookie: string): Promise<string> {
    const text = await fetchJwt(fetch, origin, cookie);
    if (text === null) throw notSignedIn(`Your session at ${origin} has ended.`, 'Sign in again with "latchkey login".');
    const jwt = { text, renewAt: renewalTime(text, now()) };
    held = jwt;
    await sessions.change((current) => {
      const mine = current.servers[origin];
      // Signed out, or in as somebody else, in the meantime: then this JWT is for this command only.
      return mine?.cookie === cookie ? { ...current, servers: { ...current.servers, [origin]: { ...mine, jwt } } } : current;
    });
    return text;
  }

  return {
    origin,
    source: 'session',
    jwt: async (rejected) => (held !== null && held.text !== rejected && now() < held.renewAt ? held.text : renew(session.cookie)),
  };
}
