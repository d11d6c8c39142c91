import { toCliError } from '../error/to-cli-error.ts';
import type { ServerFetch } from '../session/server-request.ts';
import { type Finding, fail, ok, warn } from './finding.ts';

/** What the server said when it was asked whether it lives. */
export interface Pulse {
  readonly findings: readonly Finding[];
  /** Whether there is any point in asking more. */
  readonly alive: boolean;
}

const TOLERATED_SKEW_MS = 5_000;
/** From here on, JWTs of 15 minutes and expiries are plainly wrong. */
const FATAL_SKEW_MS = 120_000;

export async function checkServer(fetch: ServerFetch, origin: string, now: () => number): Promise<Pulse> {
  const started = now();
  try {
    const response = await fetch(`${origin}/healthz`);
    const ended = now();
    if (!response.ok || !(await isHealthy(response))) {
      const advice = 'Check the address: --url, LATCHKEY_URL, or "latchkey login" with another one.';
      return { findings: [fail('server', `${origin} answers, but not as Latchkey does.`, advice)], alive: false };
    }
    const reached = ok('server', `${origin} answered in ${ended - started} ms.`);
    return { findings: [reached, checkClock(response.headers.get('date'), started, ended), await checkReady(fetch, origin)], alive: true };
  } catch (error) {
    const { message } = toCliError(error);
    return { findings: [fail('server', message, 'Start it with "npm start", or check the address and the network.')], alive: false };
  }
}

async function isHealthy(response: Response): Promise<boolean> {
  const body: unknown = await response.json().catch(() => null);
  return typeof body === 'object' && body !== null && 'status' in body && body.status === 'ok';
}

/** `Date` has whole seconds and was written somewhere between the two instants: only what lies outside of that is a difference. */
function checkClock(date: string | null, started: number, ended: number): Finding {
  const at = Date.parse(date ?? '');
  if (Number.isNaN(at))
    return warn('clock', 'The server does not say what time it has.', 'Something between here and there takes the Date header away.');
  const skew = at > ended ? at - ended : Math.max(0, started - (at + 999));
  const message = `The clocks of the server and of this machine differ by ${Math.round(skew / 1_000)} s.`;
  if (skew <= TOLERATED_SKEW_MS) return ok('clock', 'The clocks of the server and of this machine agree.');
  const advice = 'Let both follow a time server (NTP): expiries and rate windows depend on it.';
  return skew >= FATAL_SKEW_MS ? fail('clock', message, advice) : warn('clock', message, advice);
}

async function checkReady(fetch: ServerFetch, origin: string): Promise<Finding> {
  const response = await fetch(`${origin}/readyz`);
  if (response.ok) return ok('database', 'The database answers, and usage records are taken.');
  return fail('database', 'The server is not ready.', 'Look into its log: PostgreSQL is away, or the usage spool is full.');
}

const METRIC = /^(latchkey_\w+) ([\d.e+-]+)$/gm;
const LARGE_LAG_BYTES = 16 * 1024 * 1024;

/** The figures of the usage spool. They are for the machine itself and for whom it allows, so that not to see them is no fault. */
export async function checkSpool(fetch: ServerFetch, origin: string): Promise<Finding> {
  const response = await fetch(`${origin}/metrics`);
  if (!response.ok) {
    return warn(
      'usage',
      'The figures of the usage spool can not be read from here.',
      'Run this on the server, or add your address to LATCHKEY_METRICS_ALLOW.',
    );
  }
  const figures = new Map(Array.from((await response.text()).matchAll(METRIC), ([, name, value]) => [name, Number(value)]));
  const waiting = figures.get('latchkey_spool_waiting_bytes') ?? 0;
  const corrupt = figures.get('latchkey_usage_corrupt') ?? 0;
  if (figures.get('latchkey_spool_accepting') === 0) {
    return fail(
      'usage',
      'The usage spool takes no records, and so no request is served.',
      'Make room on its disk, or bring the database back.',
    );
  }
  if (waiting > LARGE_LAG_BYTES) {
    const message = `${Math.round(waiting / 1_048_576)} MiB of usage records wait for the database.`;
    return warn('usage', message, 'See whether the database is slow or away; the records are safe on disk.');
  }
  if (corrupt > 0) {
    return warn(
      'usage',
      `${corrupt} damaged stretches of the usage spool were skipped.`,
      'Look into the log of the server, and at its disk.',
    );
  }
  return ok('usage', `Usage reaches the database; ${waiting} bytes wait.`);
}
