import { once } from 'node:events';
import { connect } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Management, openManagement } from './testing/open-management.ts';
import { type SignedIn, signInAs } from './testing/sign-in.ts';

let management: Management;
let admin: SignedIn;
let ready = true;
beforeAll(async () => {
  const https = (facts: { address: string | null; origin: string }, headers: Record<string, unknown>) =>
    headers['x-forwarded-proto'] === 'https' ? { address: '203.0.113.9', origin: facts.origin.replace('http:', 'https:') } : facts;
  management = await openManagement({ facts: https, isReady: () => ready });
  admin = await signInAs(management, 'admin');
});
afterAll(() => management.close());

const bearer = () => ({ authorization: `Bearer ${admin.jwt}` });

describe('every answer', () => {
  it.each([
    '/',
    '/trpc/admin.me',
    '/trpc/nothing',
    '/api/api-tokens',
    '/api/auth/get-session',
    '/openapi.json',
    '/healthz',
    '/assets/none.js',
    '/%zz',
  ])('has an id and the security headers: %s', async (path) => {
    const { headers } = await management.send(path);
    expect(headers['x-content-type-options']).toBe('nosniff');
    expect(headers['referrer-policy']).toBe('no-referrer');
    expect(headers['cross-origin-opener-policy']).toBe('same-origin');
    expect(headers['content-security-policy']).toMatch(/script-src 'self';.*frame-ancestors 'none'/);
    expect(headers['content-security-policy']).not.toMatch(/script-src[^;]*unsafe/);
    expect(headers['strict-transport-security']).toBeUndefined();
    if (path !== '/%zz') expect(headers['x-request-id']).toMatch(/^[0-9a-f-]{36}$/);
  });

  it('has an id of our own, never the client’s', async () => {
    const { headers } = await management.send('/healthz', { headers: { 'x-request-id': 'mine\tand yours' } });
    expect(headers['x-request-id']).toMatch(/^[0-9a-f-]{36}$/);
  });

  it('asks for TLS only where TLS is', async () => {
    const { headers } = await management.send('/healthz', { headers: { 'x-forwarded-proto': 'https' } });
    expect(headers['strict-transport-security']).toBe('max-age=31536000');
  });
});

describe('over TLS', () => {
  const tls = { 'x-forwarded-proto': 'https' };
  const credentials = { email: 'admin@example.com', password: 'correct horse battery' };

  it('the session is bound to this host and to TLS', async () => {
    const answer = await management.send('/api/auth/sign-in/email', { method: 'POST', body: credentials, headers: tls });
    const [cookie] = answer.headers['set-cookie'] ?? [];
    expect(cookie).toMatch(/^__Host-latchkey\.session_token=[^;]+; Max-Age=\d+; Path=\/; HttpOnly; Secure; SameSite=Strict$/);
    const pair = cookie?.split(';', 1)[0] ?? '';
    expect((await management.send('/trpc/admin.me', { headers: { ...tls, cookie: pair } })).status).toBe(200);
  });

  it('a cookie that was set without TLS counts for nothing', async () => {
    expect((await management.send('/trpc/admin.me', { headers: { ...tls, cookie: admin.cookie } })).status).toBe(401);
  });
});

describe('limits', () => {
  it('takes 20 calls in a batch and not 21', async () => {
    const batch = (size: number) => `/trpc/${Array(size).fill('admin.me').join(',')}?batch=1&input=%7B%7D`;
    expect((await management.send(batch(20), { headers: bearer() })).status).toBe(200);
    expect((await management.send(batch(21), { headers: bearer() })).status).toBe(400);
  });

  it.each(['/trpc/token.create', '/api/api-tokens', '/api/auth/sign-in/email'])('takes no body over 1 MiB at %s', async (path) => {
    const body = { name: 'x', description: 'x'.repeat(1024 * 1024) };
    const answer = await management.send(path, { method: 'POST', body, headers: bearer() });
    expect(answer).toMatchObject({ status: 413, json: { code: 'PAYLOAD_TOO_LARGE' } });
  });

  describe('a client that is still sending such a body when it is answered', () => {
    const body = Buffer.alloc(2 * 1024 ** 2, ' ');
    const head = (connection: string) =>
      `POST /api/api-tokens HTTP/1.1\r\nHost: x\r\nConnection: ${connection}\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n`;

    async function readRefusal(connection: string) {
      const socket = connect(Number(new URL(management.url).port), '127.0.0.1').setEncoding('latin1');
      const state = { received: '' };
      socket.on('data', (text) => {
        state.received += text;
      });
      socket.write(head(connection));
      await expect.poll(() => state.received).toMatch(/^HTTP\/1\.1 413 .+PAYLOAD_TOO_LARGE/s);
      state.received = '';
      return { socket, state };
    }

    it('can send it to its end, and go on', async () => {
      const { socket, state } = await readRefusal('keep-alive');
      socket.write(body);
      socket.write('GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n');
      await expect.poll(() => state.received).toMatch(/^HTTP\/1\.1 200 /);
      socket.destroy();
    });

    it('can send it to its end, where it has asked for the end of the connection, and that comes then', async () => {
      const { socket } = await readRefusal('close');
      // The last byte waits, so that the rest is taken before the end, or never.
      await new Promise<void>((resolve, reject) => {
        socket.once('error', reject).once('end', () => reject(new Error('The connection has ended.')));
        socket.write(body.subarray(1), () => resolve());
      });
      socket.removeAllListeners('end').write(' ');
      const [hadError] = await once(socket, 'close');
      expect(hadError).toBe(false);
    });
  });
});

it('a body that does not arrive in time ends its connection', async () => {
  const slow = await openManagement({ bodyTimeoutMs: 50 });
  const socket = connect(Number(new URL(slow.url).port), '127.0.0.1');
  socket.on('error', () => undefined).resume();
  socket.write('POST /api/api-tokens HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{');
  await once(socket, 'close');
  await slow.close();
});

describe('an error', () => {
  it('of a procedure says what to change, and which request it was', async () => {
    const answer = await management.send('/trpc/token.create', {
      method: 'POST',
      body: { name: '', allowedEndpoints: [''] },
      headers: bearer(),
    });
    expect(answer.status).toBe(400);
    expect(answer.json).toMatchObject({
      error: { message: 'Invalid input', data: { code: 'VALIDATION_ERROR', httpStatus: 400, requestId: answer.headers['x-request-id'] } },
    });
    const { details } = (answer.json as { error: { data: { details: { path: string }[] } } }).error.data;
    expect(details.map(({ path }) => path)).toEqual(expect.arrayContaining(['name', 'allowedEndpoints.0']));
  });

  it.each([
    ['/trpc/token.create', '{"name":'],
    ['/api/api-tokens', '{"name":'],
    ['/trpc/no.such', '{}'],
    ['/api/auth/sign-in/email', '{'],
  ])('shows no stack: POST %s %s', async (path, body) => {
    const answer = await management.send(path, { method: 'POST', body, headers: { ...bearer(), 'content-type': 'application/json' } });
    expect(answer.status).toBeGreaterThanOrEqual(400);
    expect(answer.status).toBeLessThan(500);
    expect(answer.text).not.toMatch(/node_modules|\.ts:\d|\.mjs|at .+\(/);
  });

  const member = { name: 'Vera', email: 'vera@example.com', role: 'viewer', password: 'correct horse battery' };
  it.each([
    ['admin.addMember', { ...member, name: 'a\0' }],
    ['admin.addMember', { ...member, name: 'a\ud800' }],
    ['admin.setRole', { id: 'a\0', role: 'viewer' }],
    ['admin.removeMember', { id: 'a\0' }],
  ])('is not ours where the database can not hold a text: %s %j', async (procedure, body) => {
    const answer = await management.send(`/trpc/${procedure}`, { method: 'POST', body, headers: bearer() });
    expect(answer).toMatchObject({ status: 400, json: { error: { data: { code: 'VALIDATION_ERROR' } } } });
  });

  it.each(['/trpc/usage.overview?input=%7B%7D', '/api/api-tokens/stats/overview'])(
    'that is our fault is logged with the id, and told without detail: %s',
    async (path) => {
      const { usage } = management.database;
      const original = usage.readOverviewReport;
      usage.readOverviewReport = () => Promise.reject(new Error('the secret reason'));
      const answer = await management.send(path, { headers: bearer() });
      usage.readOverviewReport = original;
      expect(answer.status).toBe(500);
      expect(answer.text).toContain('INTERNAL_ERROR');
      expect(answer.text).not.toContain('the secret reason');
      const logged = management.errors.at(-1) ?? '';
      expect(logged).toContain('the secret reason');
      expect(logged).toContain(`${answer.headers['x-request-id']}`);
    },
  );
});

describe('the console', () => {
  it.each(['/', '/api-tokens', '/api-tokens/7?tab=usage', '/setup', '/sign-in', '/audit'])(
    'is its page at %s, and asked for each time',
    async (path) => {
      const answer = await management.send(path);
      expect(answer.status).toBe(200);
      expect(answer.text).toContain('<title>Latchkey</title>');
      expect(answer.headers['content-type']).toMatch(/^text\/html/);
      expect(answer.headers['cache-control']).toBe('no-cache');
    },
  );

  it('has files that are kept for a year where their name says what is in them', async () => {
    const hashed = await management.send('/assets/index-abc123.js');
    expect(hashed).toMatchObject({ status: 200, headers: { 'cache-control': 'public, max-age=31536000, immutable' } });
    expect((await management.send('/theme.js')).headers['cache-control']).toBe('no-cache');
  });

  it.each(['/assets/gone-123.js', '/favicon.png', '/api/nothing', '/trpc', '/trpc/a/b', '/api-tokens/../../etc/passwd.txt'])(
    'is not the answer at %s',
    async (path) => {
      const answer = await management.send(path);
      expect(answer.status).toBe(404);
      expect(answer.json).toMatchObject({ code: 'NOT_FOUND' });
    },
  );

  it('does not leave its directory', async () => {
    for (const path of ['/assets/../../../../etc/passwd', '/..%2f..%2fetc/passwd', '/assets/%2e%2e/%2e%2e/package.json']) {
      const answer = await management.send(path);
      expect(answer.text).not.toMatch(/root:|"name"/);
    }
  });
});

describe('for operators', () => {
  it('says that it lives', async () => {
    expect(await management.send('/healthz')).toMatchObject({ status: 200, json: { status: 'ok' } });
  });

  it('says whether it can serve', async () => {
    expect((await management.send('/readyz')).status).toBe(200);
    ready = false;
    expect((await management.send('/readyz')).status).toBe(503);
    ready = true;
  });

  it('gives figures to this machine only', async () => {
    expect((await management.send('/metrics')).status).toBe(200);
    expect((await management.send('/metrics', { headers: { 'x-forwarded-proto': 'https' } })).status).toBe(403);
  });

  it('gives no figures through a proxy on this machine that nobody declared', async () => {
    expect((await management.send('/metrics', { headers: { 'x-forwarded-for': '127.0.0.1' } })).status).toBe(403);
  });
});
