// What a request leaves behind: the usage record of contract §4 and the reports of §3, over the real server.
import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { type Answer, send } from '@latchkey/bearer-auth/testing';
import { createTokenText } from '@latchkey/core';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { type CreatedToken, type Json, openSceneWithDatabase, querySql, type Scene } from './testing/open-scene.ts';

vi.setConfig({ testTimeout: 60_000, hookTimeout: 120_000 });

const ROOT = '/api/api-tokens';
const INSTANT = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;
const HOUR = /^\d{4}-\d\d-\d\dT\d\d:00:00\.000Z$/;

let scene: Scene & { readonly databaseUrl: string };
beforeAll(async () => {
  scene = await openSceneWithDatabase();
});
afterAll(() => scene?.close());

interface UsageReport {
  readonly hourly_usage: {
    hour: string;
    requests: number;
    avg_response_time: number;
    successful_requests: number;
    failed_requests: number;
  }[];
  readonly endpoint_usage: { endpoint: string; method: string; requests: number; avg_response_time: number }[];
  readonly recent_requests: Json[];
}

interface OverviewReport {
  readonly overview: Record<string, number>;
  readonly top_tokens: { id: number; name: string; requests: number; avg_response_time: number }[];
  readonly top_endpoints: { endpoint: string; method: string; requests: number; avg_response_time: number }[];
}

const usageOf = async ({ id }: { id: number }, days = ''): Promise<UsageReport> => {
  const answer = await scene.rest('GET', `${ROOT}/${id}/usage${days}`);
  expect(answer.status).toBe(200);
  return answer.body as unknown as UsageReport;
};
const overview = async (): Promise<OverviewReport> => (await scene.rest('GET', `${ROOT}/stats/overview`)).body as unknown as OverviewReport;
const read = async ({ id }: { id: number }): Promise<Json> => ((await scene.rest('GET', `${ROOT}/${id}`)).body as { token: Json }).token;
const sum = (rows: readonly { requests: number }[]) => rows.reduce((total, { requests }) => total + requests, 0);

/** Waits until all of a token's requests can be seen; answers the report. */
async function seen(token: CreatedToken, requests: number): Promise<UsageReport> {
  return vi.waitFor(
    async () => {
      const report = await usageOf(token);
      expect(sum(report.hourly_usage)).toBe(requests);
      return report;
    },
    { interval: 50, timeout: 15_000 },
  );
}

/** The log rows of a token as the console's procedures see them, oldest first. */
async function logOf({ id }: { id: number }): Promise<Json[]> {
  const range = { from: new Date(Date.now() - 3_600_000).toISOString(), to: new Date(Date.now() + 3_600_000).toISOString() };
  const { requests } = (await scene.query('usage.requests', { tokenId: id, ...range, limit: 200 })) as { requests: Json[] };
  return requests.toReversed();
}

async function callTimes(times: number, token: string, publicPath: string, method = 'GET'): Promise<Answer[]> {
  const answers: Answer[] = [];
  for (let time = 0; time < times; time += 1) answers.push(await scene.call(token, publicPath, { method }));
  return answers;
}

describe('a usage record (S4-092 … S4-101)', () => {
  it('has endpoint, method, status, time, sizes, address and agent of the request', async () => {
    const token = await scene.createToken({ name: 'recorded' });
    const body = JSON.stringify({ note: 'ü'.repeat(100) });
    const before = Date.now();
    const answer = await scene.call(token.token, '/echo?secret=of-the-query', {
      method: 'POST',
      body,
      headers: ['User-Agent', 'contract/1.0 (test)', 'X-Forwarded-For', '203.0.113.9'],
    });
    await seen(token, 1);
    const [row] = await logOf(token);
    expect(row).toMatchObject({
      tokenId: token.id,
      tokenName: 'recorded',
      method: 'POST',
      endpoint: '/echo',
      path: '/echo',
      status: 200,
      requestBytes: Buffer.byteLength(body),
      responseBytes: Buffer.byteLength(answer.text),
      ipAddress: '127.0.0.1',
      userAgent: 'contract/1.0 (test)',
      at: expect.stringMatching(INSTANT),
      requestId: answer.headers['x-request-id'],
    });
    expect(Number(row?.responseTimeMs)).toBeGreaterThan(0);
    expect(Date.parse(`${row?.at}`)).toBeGreaterThanOrEqual(before - 1);
    expect(Date.parse(`${row?.at}`)).toBeLessThanOrEqual(Date.now());
  });

  it('is made for every answer to an identified token, denials included, with its outcome (G-10)', async () => {
    const token = await scene.createToken({ name: 'denied', rate_limit: 2, allowed_endpoints: ['/products*', '/missing'] });
    const put = (change: Json) => scene.rest('PUT', `${ROOT}/${token.id}`, change);
    await scene.call(token.token, '/products/1?store_id=1');
    await scene.call(token.token, '/missing');
    await scene.call(token.token, '/products');
    await scene.call(token.token, '/stores/7');
    await put({ active: false });
    await scene.call(token.token, '/products', { method: 'DELETE' });
    await put({ active: true, expires_at: '2020-01-01' });
    await scene.call(token.token);
    await scene.rest('POST', `${ROOT}/${token.id}/revoke`);
    await scene.call(token.token, '/products', { method: 'HEAD' });
    const report = await seen(token, 7);
    expect((await logOf(token)).map(({ method, endpoint, status, outcome }) => [method, endpoint, status, outcome])).toEqual([
      ['GET', '/products/:id', 200, 'VALID'],
      ['GET', '/missing', 404, 'VALID'],
      ['GET', '/products', 429, 'RATE_LIMITED'],
      ['GET', '/stores/:id', 403, 'ENDPOINT_NOT_ALLOWED'],
      ['DELETE', '/products', 401, 'KEY_DISABLED'],
      ['GET', '/products', 401, 'KEY_EXPIRED'],
      ['HEAD', '/products', 401, 'KEY_REVOKED'],
    ]);
    const hours = report.hourly_usage;
    expect(hours.reduce((total, hour) => total + hour.successful_requests, 0)).toBe(1);
    expect(hours.reduce((total, hour) => total + hour.failed_requests, 0)).toBe(6);
  });

  it('takes paths of any length and text of any kind (S4-121)', async () => {
    const token = await scene.createToken({ name: 'odd' });
    const paths = [`/${'a'.repeat(3_000)}`, `/${'%F0%9F%98%80'.repeat(100)}`, "/'; drop table api_tokens; --", '/%C3%BC/%E2%80%AE'];
    for (const publicPath of paths) {
      const raw = publicPath.replaceAll(' ', '%20');
      const answer = await scene.call(token.token, raw, { headers: ['User-Agent', 'x'.repeat(4_000)] });
      expect(answer.status, raw.slice(0, 40)).toBe(404);
    }
    const { endpoint_usage } = await seen(token, paths.length);
    for (const { endpoint } of endpoint_usage) expect(endpoint.length).toBeLessThanOrEqual(255);
    expect(sum(endpoint_usage)).toBe(paths.length);
  });

  it('management calls leave none (G-11)', async () => {
    const token = await scene.createToken({ name: 'managed' });
    await scene.call(token.token);
    await scene.rest('GET', `${ROOT}/${token.id}`);
    await send(scene.url, { path: `${ROOT}/${token.id}`, headers: ['Authorization', `Bearer ${token.token}`] });
    await seen(token, 1);
  });
});

describe('GET /api/api-tokens/:id/usage', () => {
  let busy: CreatedToken;
  let other: CreatedToken;
  let report: UsageReport;
  beforeAll(async () => {
    busy = await scene.createToken({ name: 'busy', rate_limit: 1_000 });
    other = await scene.createToken({ name: 'other' });
    await callTimes(5, busy.token, '/products');
    await callTimes(3, busy.token, '/stores');
    await callTimes(2, busy.token, '/products', 'DELETE');
    await callTimes(4, busy.token, '/nothing/here');
    await callTimes(1, other.token, '/brands');
    report = await seen(busy, 14);
    await seen(other, 1);
  });

  it('has exactly the members of the contract (S4-073, S4-077, S4-080)', async () => {
    expect(Object.keys(report).sort()).toEqual(['endpoint_usage', 'hourly_usage', 'recent_requests']);
    for (const row of report.hourly_usage) {
      expect(Object.keys(row).sort()).toEqual(['avg_response_time', 'failed_requests', 'hour', 'requests', 'successful_requests']);
      expect(row.hour).toMatch(HOUR);
      expect(Number.isInteger(row.avg_response_time)).toBe(true);
    }
    for (const row of report.endpoint_usage) {
      expect(Object.keys(row).sort()).toEqual(['avg_response_time', 'endpoint', 'method', 'requests']);
      expect(Number.isInteger(row.avg_response_time)).toBe(true);
    }
    for (const row of report.recent_requests) {
      expect(Object.keys(row).sort()).toEqual(['created_at', 'endpoint', 'ip_address', 'method', 'response_time_ms', 'status_code']);
      expect(row).toMatchObject({ created_at: expect.stringMatching(INSTANT), ip_address: '127.0.0.1' });
      expect(Number.isInteger(row.response_time_ms)).toBe(true);
    }
  });

  it('successful + failed = requests; failed is a status of 400 or more (S4-076, G-09)', () => {
    for (const row of report.hourly_usage) expect(row.successful_requests + row.failed_requests).toBe(row.requests);
    expect(report.hourly_usage.reduce((total, { failed_requests }) => total + failed_requests, 0)).toBe(6);
  });

  it('groups by endpoint and method, most requests first (S4-078, S4-079)', () => {
    expect(report.endpoint_usage.map(({ endpoint, method, requests }) => [endpoint, method, requests])).toEqual([
      ['/products', 'GET', 5],
      ['/nothing/here', 'GET', 4],
      ['/stores', 'GET', 3],
      ['/products', 'DELETE', 2],
    ]);
  });

  it('has the newest request first, and only those of this token (S4-081, S4-091)', () => {
    expect(report.recent_requests.map(({ endpoint, method, status_code }) => `${method} ${endpoint} ${status_code}`)).toEqual([
      ...Array(4).fill('GET /nothing/here 404'),
      ...Array(2).fill('DELETE /products 405'),
      ...Array(3).fill('GET /stores 200'),
      ...Array(5).fill('GET /products 200'),
    ]);
    const times = report.recent_requests.map(({ created_at }) => `${created_at}`);
    expect(times).toEqual(times.toSorted().toReversed());
  });

  it('has at most 100 recent requests, the newest', async () => {
    const token = await scene.createToken({ name: 'chatty', rate_limit: 1_000 });
    await callTimes(8, token.token, '/first');
    for (let round = 0; round < 5; round += 1) await Promise.all(Array.from({ length: 20 }, () => scene.call(token.token, '/later')));
    const { recent_requests } = await seen(token, 108);
    expect(recent_requests).toHaveLength(100);
    expect(new Set(recent_requests.map(({ endpoint }) => endpoint))).toEqual(new Set(['/later']));
  });

  it('agrees with the counters of the token, and those of the list', async () => {
    const counters = { requests_24h: 14, requests_7d: 14, total_requests: 14 };
    expect(await read(busy)).toMatchObject(counters);
    const listed = (await scene.rest('GET', `${ROOT}?q=busy`)).body as { tokens: Json[] };
    expect(listed.tokens).toMatchObject([counters]);
    const token = await read(busy);
    expect(token.last_used_at).toBe(report.recent_requests[0]?.created_at);
  });

  it('of a token that was never used is empty', async () => {
    const token = await scene.createToken({ name: 'idle' });
    expect(await usageOf(token)).toEqual({ hourly_usage: [], endpoint_usage: [], recent_requests: [] });
  });

  it.each(['?days=1', '?days=7', '?days=365', '', '?unknown=1'])('takes %s', async (days) => {
    expect(sum((await usageOf(busy, days)).hourly_usage)).toBe(14);
  });

  it.each(['0', '-1', '366', 'abc', '1.5', '', '1e1', '7%20', '0x7', '9999999999999999999'])('refuses days=%s', async (days) => {
    for (const report of [`${busy.id}/usage`, 'stats/overview']) {
      const answer = await scene.rest('GET', `${ROOT}/${report}?days=${days}`);
      expect(answer).toMatchObject({ status: 400, body: { code: 'VALIDATION_ERROR', details: [{ path: 'days' }] } });
    }
  });
});

describe('last_used_at', () => {
  it('is not touched by requests that were refused for the token’s state (C-14)', async () => {
    const token = await scene.createToken({ name: 'untouched' });
    await scene.rest('PUT', `${ROOT}/${token.id}`, { active: false });
    await scene.call(token.token);
    await seen(token, 1);
    expect(await read(token)).toMatchObject({ last_used_at: null, total_requests: 1 });
  });
});

describe('GET /api/api-tokens/stats/overview', () => {
  it('has exactly the members of the contract, and its sums agree (S4-084 … S4-088)', async () => {
    const { overview: totals, top_tokens, top_endpoints, ...rest } = await overview();
    expect(rest).toEqual({});
    expect(Object.keys(totals).sort()).toEqual([
      'active_tokens',
      'avg_response_time',
      'failed_requests',
      'successful_requests',
      'total_requests',
    ]);
    for (const value of Object.values(totals)) expect(Number.isInteger(value)).toBe(true);
    expect((totals.successful_requests ?? 0) + (totals.failed_requests ?? 0)).toBe(totals.total_requests);
    for (const row of top_tokens) expect(Object.keys(row).sort()).toEqual(['avg_response_time', 'id', 'name', 'requests']);
    for (const row of top_endpoints) expect(Object.keys(row).sort()).toEqual(['avg_response_time', 'endpoint', 'method', 'requests']);
    for (const rows of [top_tokens, top_endpoints]) {
      const counts = rows.map(({ requests }) => requests);
      expect(counts).toEqual(counts.toSorted((a, b) => b - a));
    }
    expect(top_tokens[0]).toMatchObject({ name: 'chatty', requests: 108 });
    expect(top_endpoints[0]).toMatchObject({ endpoint: '/later', method: 'GET', requests: 100 });
  });

  it('counts as active what is enabled, not revoked and not expired (G-13)', async () => {
    const active = async () => (await overview()).overview.active_tokens;
    const before = (await active()) ?? 0;
    const tokens = [];
    for (const name of ['a', 'b', 'c', 'd']) tokens.push(await scene.createToken({ name: `counted ${name}` }));
    expect(await active()).toBe(before + 4);
    await scene.rest('PUT', `${ROOT}/${tokens[0]?.id}`, { active: false });
    await scene.rest('PUT', `${ROOT}/${tokens[1]?.id}`, { expires_at: '2020-01-01' });
    await scene.rest('POST', `${ROOT}/${tokens[2]?.id}/revoke`);
    expect(await active()).toBe(before + 1);
  });

  it('is about every request of every token that is still there', async () => {
    await expect
      .poll(async () => {
        const page = (await scene.rest('GET', `${ROOT}?limit=200`)).body as { tokens: { total_requests: number }[] };
        const total = page.tokens.reduce((all, { total_requests }) => all + total_requests, 0);
        return (await overview()).overview.total_requests === total;
      })
      .toBe(true);
  });
});

describe('DELETE', () => {
  it('takes the usage of the token with it, and nobody else’s (S4-069)', async () => {
    const [gone, stays] = [await scene.createToken({ name: 'gone' }), await scene.createToken({ name: 'stays' })];
    for (const { token } of [gone, stays]) await callTimes(2, token, '/brands');
    for (const token of [gone, stays]) await seen(token, 2);
    expect((await scene.rest('DELETE', `${ROOT}/${gone.id}`)).status).toBe(200);
    expect((await scene.rest('GET', `${ROOT}/${gone.id}/usage`)).status).toBe(404);
    expect((await overview()).top_tokens.map(({ id }) => id)).not.toContain(gone.id);
    for (const table of ['api_token_usage', 'usage_token_hour', 'usage_token_day', 'usage_token_day_endpoint', 'usage_token_total']) {
      expect(await querySql(scene.databaseUrl, `select 1 from ${table} where token_id = $1`, [gone.id]), table).toEqual([]);
    }
    expect(sum((await usageOf(stays)).hourly_usage)).toBe(2);
  });

  it('disabling and revoking keep it (S4-114)', async () => {
    const token = await scene.createToken({ name: 'kept' });
    await callTimes(2, token.token, '/brands');
    await seen(token, 2);
    await scene.rest('PUT', `${ROOT}/${token.id}`, { active: false });
    await scene.rest('POST', `${ROOT}/${token.id}/revoke`);
    expect(sum((await usageOf(token)).hourly_usage)).toBe(2);
  });
});

describe('attempts with unknown tokens', () => {
  const unknown = createTokenText('lk_live_');
  const malformed = `malformed ${createTokenText('lk_live_').slice(8, 30)}`.replace(' ', '-');

  it('are counted apart, by fingerprint and address, and change no usage', async () => {
    const before = (await overview()).overview.total_requests;
    await callTimes(3, unknown, '/products');
    await callTimes(2, malformed, '/products');
    const attempts = async () => ((await scene.query('usage.unknownAttempts', {})) as { attempts: Json[] }).attempts;
    await expect.poll(async () => (await attempts()).length, { interval: 100, timeout: 15_000 }).toBe(2);
    const found = await attempts();
    expect(found).toEqual(
      expect.arrayContaining([
        expect.objectContaining({
          reason: 'unknown',
          attempts: 3,
          ipAddress: '127.0.0.1',
          fingerprint: expect.stringMatching(/^[0-9a-f]{16}$/),
        }),
        expect.objectContaining({ reason: 'malformed', attempts: 2, ipAddress: '127.0.0.1' }),
      ]),
    );
    expect(new Set(found.map(({ fingerprint }) => fingerprint)).size).toBe(2);
    expect((await overview()).overview.total_requests).toBe(before);
  });

  it('and every secret of a token: their text is in no file, no row and no line of output', async () => {
    const texts = [unknown, malformed, ...scene.secrets].flatMap((text) => [text, Buffer.from(text).toString('hex')]);
    expect(texts.length).toBeGreaterThan(20);
    const findIn = (where: string, content: string) => texts.filter((text) => content.includes(text)).map((text) => `${where}: ${text}`);
    const files = await readdir(scene.dataDirectory, { recursive: true, withFileTypes: true });
    const leaks: string[] = [];
    for (const file of files.filter((entry) => entry.isFile())) {
      const name = path.join(file.parentPath, file.name);
      leaks.push(...findIn(name, await readFile(name, 'latin1')));
    }
    const tables = await querySql<{ name: string }>(
      scene.databaseUrl,
      `select format('%I.%I', table_schema, table_name) as name from information_schema.tables
       where table_type = 'BASE TABLE' and table_schema not in ('pg_catalog', 'information_schema')`,
    );
    expect(tables.map(({ name }) => name)).toEqual(
      expect.arrayContaining(['public.api_tokens', 'public.audit_log', 'public.unknown_token_attempts']),
    );
    let rows = 0;
    for (const { name } of tables) {
      for (const { row } of await querySql<{ row: string }>(scene.databaseUrl, `select t::text as row from ${name} t`)) {
        rows += 1;
        leaks.push(...findIn(name, row));
      }
    }
    expect(rows).toBeGreaterThan(50);
    leaks.push(...findIn('output', scene.output()));
    expect(leaks).toEqual([]);
  });
});
