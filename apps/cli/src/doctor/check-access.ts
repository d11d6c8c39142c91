import { toCliError } from '../error/to-cli-error.ts';
import type { Call } from '../program/call.ts';
import type { Client } from '../session/create-client.ts';
import { formatInstant } from '../terminal/format.ts';
import { describeToken } from '../token/token-text.ts';
import { type Finding, fail, ok, warn } from './finding.ts';

const OTHERS_BITS = 0o077;

/** Whether the file of the sessions is for its owner alone. */
export async function checkSessionFile(call: Call): Promise<Finding> {
  const { path, mode } = call.sessions();
  const bits = await mode();
  if (bits === null) return ok('session', 'No session is kept on this machine.');
  if (process.platform === 'win32' || (bits & OTHERS_BITS) === 0) return ok('session', `${path} is for you alone.`);
  return fail(
    'session',
    `Others may read ${path}, and with it your session.`,
    `chmod 600 ${path}, and sign in anew: "latchkey logout", "latchkey login".`,
  );
}

/** Who this is to the server; `null` where it does not let us in. */
export async function checkAccount(call: Call): Promise<{ finding: Finding; client: Client | null }> {
  try {
    const client = await call.connect();
    const me = await client.admin.me.query();
    const finding = ok('account', `Signed in as ${me.email}, ${me.role}.`);
    return { finding, client };
  } catch (error) {
    const { message, details } = toCliError(error);
    return { finding: fail('account', message, details[0] ?? 'Sign in with "latchkey login".'), client: null };
  }
}

export async function checkVersion(call: Call, client: Client): Promise<Finding> {
  const { version, rateLimitMode, gateways } = await client.admin.server.query();
  const message = `The server is ${version}, this program ${call.version}; ${describeLimits(rateLimitMode, gateways)}.`;
  if (rateLimitMode === 'share')
    return warn('version', message, 'Look after the Valkey at VALKEY_URL: limits are shared again by themselves.');
  if (version === call.version) return ok('version', message);
  return warn('version', message, 'Take the program and the server from the same release.');
}

function describeLimits(mode: 'memory' | 'valkey' | 'share', gateways: number): string {
  if (mode !== 'share') return `rate limits are counted in ${mode}`;
  return `Valkey is away, and each of ${gateways} gateways lets its share of every rate limit pass`;
}

const SOON_MS = 14 * 86_400_000;
const PAGE = 200;

/** Active tokens whose end is near. */
export async function checkExpiries(call: Call, client: Client): Promise<Finding> {
  const until = new Date(call.now() + SOON_MS).toISOString();
  const { tokens } = await client.token.list.query({ status: ['active'], sort: 'expires_at', order: 'asc', limit: PAGE, offset: 0 });
  const soon = tokens.filter(({ expiresAt }) => expiresAt !== null && expiresAt <= until);
  const [first] = soon;
  if (first === undefined) return ok('expiries', 'No active token expires within 14 days.');
  const count = soon.length === PAGE ? `${PAGE} or more` : `${soon.length}`;
  const message = `${count} active ${soon.length === 1 ? 'token expires' : 'tokens expire'} within 14 days, first ${describeToken(first)} at ${formatInstant(first.expiresAt ?? '')}.`;
  return warn(
    'expiries',
    message,
    'Tell their holders, or give them more time: "latchkey tokens list --status active --sort expires_at --order asc".',
  );
}
