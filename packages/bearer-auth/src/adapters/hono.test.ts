import { Hono } from 'hono';
import { afterEach, describe, expect, it } from 'vitest';
import { type Door, describeGuard } from '../testing/guard-cases.ts';
import { aGuardScene } from '../testing/guard-scene.ts';
import { describeNestedGuards } from '../testing/nested-cases.ts';
import { describePathTricks } from '../testing/path-trick-cases.ts';
import { bearer, send } from '../testing/send.ts';
import { serveFetch } from '../testing/serve-fetch.ts';
import { upstreamResponse } from '../testing/upstream-response.ts';
import { createHonoGuard, type LatchkeyEnv } from './hono.ts';

describeGuard('Hono', ({ guard, access }) => {
  const app = new Hono<LatchkeyEnv>();
  app.use('/api/*', createHonoGuard(guard).protect(access));
  app.all('/api/*', (c) => upstreamResponse(c.req.raw));
  return serveFetch(guard, app.fetch);
});

describe.each([
  ['', (app: Hono<LatchkeyEnv>) => (request: Request, env: object) => app.fetch(request, env)],
  [', with no response of Node’s at hand', (app: Hono<LatchkeyEnv>) => (request: Request) => app.fetch(request)],
])('Hono%s', (where, serve) => {
  describeNestedGuards(`Hono${where}`, ({ outer, inner, access }) => {
    const app = new Hono<LatchkeyEnv>();
    app.use('/api/*', createHonoGuard(outer).protect());
    app.use('/api/*', async (c, next) => {
      // As middleware does that limits bodies.
      c.req.raw = new Request(c.req.raw);
      await next();
    });
    app.use('/api/upload', createHonoGuard(inner).protect(access));
    app.all('/api/*', (c) => upstreamResponse(c.req.raw));
    return serveFetch(outer, serve(app));
  });
});

describePathTricks('Hono', async ({ guard, onServed }) => {
  const app = new Hono<LatchkeyEnv>();
  app.use('/api/*', createHonoGuard(guard).protect());
  app.all('/api/*', (c) => {
    onServed(new URL(c.req.url).pathname + new URL(c.req.url).search);
    return c.text('served');
  });
  return { ...(await serveFetch(guard, app.fetch)), mount: '/api' };
});

describe('Hono’s own ways to answer', () => {
  const { tokens, usage, guard } = aGuardScene();
  const { protect, requireScope, requirePermission } = createHonoGuard(guard);
  const doors: Door[] = [];
  afterEach(async () => {
    for (const door of doors.splice(0)) await door.close();
  });

  async function start(define: (app: Hono<LatchkeyEnv>) => void): Promise<string> {
    const app = new Hono<LatchkeyEnv>();
    define(app);
    const door = await serveFetch(guard, app.fetch);
    doors.push(door);
    return door.url;
  }

  it('work: json, text, headers of other middleware, errors, unknown routes; each once on record', async () => {
    const headers = bearer(tokens.issue());
    const url = await start((app) => {
      app.use(async (c, next) => {
        await next();
        c.header('X-Served-By', 'hono');
      });
      app.use('/api/*', protect());
      app.get('/api/json', (c) => c.json({ tokenId: c.get('latchkey').token.id, path: c.get('latchkey').path }));
      app.get('/api/error', () => {
        throw new Error('broken');
      });
      app.onError((_error, c) => c.text('teapot', 418));
    });
    const before = usage.records.length;
    const answer = await send(url, { path: '/api/json', headers });
    expect(answer.body).toEqual({ tokenId: 1, path: '/json' });
    expect(answer.headers).toMatchObject({ 'x-served-by': 'hono', 'x-ratelimit-limit': '100' });
    expect((await send(url, { path: '/api/error', headers })).status).toBe(418);
    expect((await send(url, { path: '/api/nowhere', headers })).status).toBe(404);
    expect(usage.records.slice(before)).toMatchObject([{ status: 200 }, { status: 418 }, { status: 404 }]);
  });

  it('requireScope alone is the whole guard, and a refusal consumes no rate', async () => {
    const url = await start((app) => app.post('/api/products', requireScope('write'), (c) => c.text('made')));
    expect((await send(url, { method: 'POST' })).status).toBe(401);
    const refused = await send(url, { method: 'POST', headers: bearer(tokens.issue({ scopes: ['read'] })) });
    expect(refused).toMatchObject({ status: 403, body: { required: ['write'] } });
    expect(refused.headers['x-ratelimit-remaining']).toBe('100');
    expect(await send(url, { method: 'POST', headers: bearer(tokens.issue({ scopes: ['write'] })) })).toMatchObject({ text: 'made' });
  });

  it('requirePermission alone is the whole guard, and below protect it looks at the permissions only', async () => {
    const url = await start((app) => {
      app.get('/api/alone', requirePermission({ files: ['read'] }), (c) => c.text('read'));
      app.use('/api/below', protect());
      app.get('/api/below', requirePermission({ files: ['read'] }), (c) => c.text('read'));
    });
    const reader = bearer(tokens.issue({ permissions: { files: ['read', 'write'] } }));
    const writer = bearer(tokens.issue({ permissions: { files: ['write'] } }));
    for (const path of ['/api/alone', '/api/below']) {
      expect(await send(url, { path, headers: reader })).toMatchObject({ status: 200, text: 'read' });
      expect(await send(url, { path, headers: writer })).toMatchObject({ status: 403, body: { required: ['files:read'] } });
    }
  });

  it('requireScope below protect only looks at the scopes, and is what the record says', async () => {
    const url = await start((app) => {
      app.use('/api/*', protect());
      app.post('/api/products', requireScope('write'), (c) => c.text('made'));
    });
    const before = usage.records.length;
    const refused = await send(url, { method: 'POST', headers: bearer(tokens.issue()) });
    expect(refused).toMatchObject({ status: 403, body: { code: 'INSUFFICIENT_SCOPE' } });
    expect(refused.headers).toMatchObject({ 'x-ratelimit-remaining': '99', 'www-authenticate': expect.stringContaining('scope="write"') });
    expect(usage.records.slice(before)).toMatchObject([{ status: 403, outcome: 'INSUFFICIENT_SCOPE' }]);
  });
});
