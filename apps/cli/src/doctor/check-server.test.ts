import { describe, expect, it } from 'vitest';
import { CliError } from '../error/cli-error.ts';
import type { ServerFetch } from '../session/server-request.ts';
import { checkServer, checkSpool } from './check-server.ts';

const ORIGIN = 'http://127.0.0.1:3010';
const NOW = Date.UTC(2026, 10, 26, 12);

/** A server that answers with these, by path; what is not there can not be reached. */
function server(answers: Readonly<Record<string, Response>>): ServerFetch {
  return async (url) => {
    const answer = answers[new URL(url).pathname];
    if (answer === undefined) throw new CliError(`${ORIGIN} can not be reached: connect ECONNREFUSED 127.0.0.1:3010.`);
    return answer;
  };
}

const alive = (date: string | null = new Date(NOW).toUTCString()) =>
  Response.json({ status: 'ok' }, { headers: date === null ? {} : { date } });
const ready = () => Response.json({ status: 'ready' });
const verdicts = async (fetch: ServerFetch) => {
  const { findings, alive: isAlive } = await checkServer(fetch, ORIGIN, () => NOW);
  return { ...Object.fromEntries(findings.map(({ check, verdict }) => [check, verdict])), isAlive };
};

describe('the server', () => {
  it('is well', async () => {
    expect(await verdicts(server({ '/healthz': alive(), '/readyz': ready() }))).toEqual({
      server: 'ok',
      clock: 'ok',
      database: 'ok',
      isAlive: true,
    });
  });

  it('is away', async () => {
    const { findings } = await checkServer(server({}), ORIGIN, () => NOW);
    expect(findings).toEqual([
      { check: 'server', verdict: 'fail', message: expect.stringContaining('ECONNREFUSED'), advice: expect.stringContaining('npm start') },
    ]);
  });

  it('is another one', async () => {
    expect(await verdicts(server({ '/healthz': new Response('<!doctype html>') }))).toEqual({ server: 'fail', isAlive: false });
    expect(await verdicts(server({ '/healthz': Response.json(null) }))).toMatchObject({ server: 'fail' });
  });

  it('is not ready', async () => {
    const fetch = server({ '/healthz': alive(), '/readyz': new Response('{}', { status: 503 }) });
    expect(await verdicts(fetch)).toMatchObject({ database: 'fail', isAlive: true });
  });

  it.each([
    ['agrees to the second', NOW - 999, 'ok'],
    ['agrees', NOW + 4_000, 'ok'],
    ['is ahead by half a minute', NOW + 30_000, 'warn'],
    ['is behind by half a minute', NOW - 30_000, 'warn'],
    ['is ahead by an hour', NOW + 3_600_000, 'fail'],
    ['is behind by an hour', NOW - 3_600_000, 'fail'],
  ])('has a clock that %s', async (_case, at, verdict) => {
    const fetch = server({ '/healthz': alive(new Date(at).toUTCString()), '/readyz': ready() });
    expect(await verdicts(fetch)).toMatchObject({ clock: verdict });
  });

  it('does not say what time it has', async () => {
    expect(await verdicts(server({ '/healthz': alive(null), '/readyz': ready() }))).toMatchObject({ clock: 'warn' });
  });
});

describe('the usage spool', () => {
  const figures = (text: string) => checkSpool(server({ '/metrics': new Response(text) }), ORIGIN);

  it.each([
    ['is well', 'latchkey_spool_accepting 1\nlatchkey_spool_waiting_bytes 120\nlatchkey_usage_corrupt 0\n', 'ok', '120 bytes'],
    ['takes nothing', 'latchkey_spool_accepting 0\nlatchkey_spool_waiting_bytes 1e9\n', 'fail', 'takes no records'],
    ['lags', 'latchkey_spool_accepting 1\nlatchkey_spool_waiting_bytes 5.24288e+7\n', 'warn', '50 MiB'],
    ['was damaged', 'latchkey_spool_accepting 1\nlatchkey_usage_corrupt 2\n', 'warn', '2 damaged'],
  ])('%s', async (_case, text, verdict, message) => {
    expect(await figures(text)).toMatchObject({ check: 'usage', verdict, message: expect.stringContaining(message) });
  });

  it('can not be seen from here, which is no fault of it', async () => {
    const finding = await checkSpool(server({ '/metrics': new Response('', { status: 403 }) }), ORIGIN);
    expect(finding).toMatchObject({ verdict: 'warn', advice: expect.stringContaining('LATCHKEY_METRICS_ALLOW') });
  });
});
