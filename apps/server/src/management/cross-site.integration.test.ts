import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Management, openManagement } from './testing/open-management.ts';
import { type SignedIn, signInAs } from './testing/sign-in.ts';

let management: Management;
let admin: SignedIn;
beforeAll(async () => {
  management = await openManagement();
  admin = await signInAs(management, 'admin');
});
afterAll(() => management.close());

const countTokens = async () => (await management.database.tokens.list({ limit: 1, offset: 0, sort: 'id', order: 'asc' })).total;
const JSON_TYPE = { 'content-type': 'application/json' };
const CREATE = { method: 'POST', body: JSON.stringify({ name: 'made by a page' }) };

/** The doors through which something can be changed with a cookie. */
const DOORS = ['/trpc/token.create', '/api/api-tokens'];

describe.each(DOORS)('a change through %s with a session', (door) => {
  const send = (headers: Record<string, string>) =>
    management.send(door, { ...CREATE, headers: { ...JSON_TYPE, cookie: admin.cookie, ...headers } });

  it.each([
    ['the browser says that it comes from here', () => ({ 'sec-fetch-site': 'same-origin', origin: management.url })],
    ['its Origin is this server’s', () => ({ origin: management.url })],
  ])('is made where %s', async (_case, headers) => {
    const before = await countTokens();
    expect([200, 201]).toContain((await send(headers())).status);
    expect(await countTokens()).toBe(before + 1);
  });

  it.each([
    ['another site', () => ({ origin: 'https://evil.example', 'sec-fetch-site': 'cross-site' })],
    ['another port of this host', () => ({ origin: 'http://127.0.0.1:1' })],
    ['another scheme', () => ({ origin: management.url.replace('http:', 'https:') })],
    ['a sandboxed frame', () => ({ origin: 'null' })],
    ['a subdomain', () => ({ origin: management.url, 'sec-fetch-site': 'same-site' })],
    ['nowhere it would name', () => ({})],
  ])('is refused from %s, and nothing is changed', async (_case, headers) => {
    const before = await countTokens();
    const answer = await send(headers());
    expect(answer).toMatchObject({ status: 403, json: { code: 'FORBIDDEN' } });
    expect(await countTokens()).toBe(before);
  });
});

it.each(DOORS)('a JWT needs no origin at %s: no browser adds it by itself', async (door) => {
  const answer = await management.send(door, { ...CREATE, headers: { ...JSON_TYPE, authorization: `Bearer ${admin.jwt}` } });
  expect([200, 201]).toContain(answer.status);
});

describe('what a foreign page can send without asking', () => {
  it.each(['application/x-www-form-urlencoded', 'multipart/form-data; boundary=x', 'text/plain', 'application/octet-stream'])(
    '%s is no way to call a procedure',
    async (type) => {
      for (const [path, status] of [
        ['/trpc/token.create', 415],
        ['/api/auth/sign-in/email', 415],
        ['/api/api-tokens', 400],
      ] as const) {
        const headers = { 'content-type': type, origin: management.url, cookie: admin.cookie };
        expect((await management.send(path, { ...CREATE, headers })).status, path).toBe(status);
      }
    },
  );

  it('a GET changes nothing', async () => {
    const before = await countTokens();
    const input = encodeURIComponent(JSON.stringify({ name: 'by GET' }));
    const answer = await management.send(`/trpc/token.create?input=${input}`, { headers: { cookie: admin.cookie } });
    expect(answer.status).toBe(405);
    expect(await countTokens()).toBe(before);
  });

  it('signs nobody in', async () => {
    const headers = { origin: 'https://evil.example', 'sec-fetch-site': 'cross-site' };
    const answer = await management.send('/api/auth/sign-in/email', {
      method: 'POST',
      body: { email: 'a@example.com', password: 'x' },
      headers,
    });
    expect(answer.status).toBe(403);
  });

  it('signs nobody out', async () => {
    const headers = { origin: 'https://evil.example', cookie: admin.cookie };
    expect((await management.send('/api/auth/sign-out', { method: 'POST', headers })).status).toBe(403);
    expect((await management.send('/trpc/admin.me', { headers: { cookie: admin.cookie } })).status).toBe(200);
  });
});
