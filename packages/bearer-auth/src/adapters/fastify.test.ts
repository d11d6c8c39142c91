import { Readable } from 'node:stream';
import fastify, { type FastifyInstance } from 'fastify';
import { afterEach, describe, expect, it } from 'vitest';
import { describeGuard } from '../testing/guard-cases.ts';
import { aGuardScene } from '../testing/guard-scene.ts';
import { describeNestedGuards } from '../testing/nested-cases.ts';
import { describePathTricks } from '../testing/path-trick-cases.ts';
import { bearer, send } from '../testing/send.ts';
import { answerUpstream } from '../testing/upstream-handler.ts';
import { answerBadUrl, protectFastify, requirePermission, requireScope } from './fastify.ts';

describeGuard('Fastify', async ({ guard, handler, access }) => {
  const app = fastify({ forceCloseConnections: true, frameworkErrors: answerBadUrl({ guard }) });
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('*', (_request, _payload, done) => done(null));
  app.register(async (api) => {
    protectFastify(api, { guard });
    api.all('/api/*', { config: { latchkey: access } }, (request, reply) => {
      reply.hijack();
      handler(request.raw, reply.raw);
    });
  });
  const url = await app.listen({ port: 0, host: '127.0.0.1' });
  return { url, close: () => app.close() };
});

describeNestedGuards('Fastify', async ({ outer, inner, access }) => {
  const app = fastify({ forceCloseConnections: true });
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('*', (_request, _payload, done) => done(null));
  app.register(async (api) => {
    protectFastify(api, { guard: outer });
    api.register(async (strict) => {
      protectFastify(strict, { guard: inner });
      strict.post('/api/upload', { config: { latchkey: access } }, (request, reply) => {
        reply.hijack();
        answerUpstream(request.raw, reply.raw);
      });
    });
  });
  const url = await app.listen({ port: 0, host: '127.0.0.1' });
  return { url, close: () => app.close() };
});

describePathTricks('Fastify', async ({ guard, onServed }) => {
  const app = fastify({ forceCloseConnections: true, frameworkErrors: answerBadUrl({ guard }) });
  app.register(async (api) => {
    protectFastify(api, { guard });
    api.all('/api/*', async (request) => {
      onServed(request.raw.url ?? '');
      return 'served';
    });
  });
  const url = await app.listen({ port: 0, host: '127.0.0.1' });
  return { url, mount: '/api', close: () => app.close() };
});

describe('Fastify’s own ways to answer', () => {
  const { tokens, usage, guard } = aGuardScene();
  const apps: FastifyInstance[] = [];
  afterEach(async () => {
    for (const app of apps.splice(0)) await app.close();
  });

  async function start(define: (api: FastifyInstance) => void): Promise<string> {
    const app = fastify({ forceCloseConnections: true });
    apps.push(app);
    app.get('/open', async () => ({ open: true }));
    app.register(async (api) => {
      protectFastify(api, { guard });
      define(api);
    });
    return app.listen({ port: 0, host: '127.0.0.1' });
  }

  it('work: returned values, streams, errors; each once on record with its bytes', async () => {
    const headers = bearer(tokens.issue());
    const url = await start((api) => {
      api.get('/api/value', async (request) => ({ tokenId: request.latchkey?.token.id, path: request.latchkey?.path }));
      api.get('/api/sent', async (_request, reply) => reply.code(202).send('sent'));
      api.get('/api/stream', (_request, reply) => reply.send(Readable.from(['a', 'b', 'c'])));
      api.get('/api/error', async () => {
        throw new Error('defect');
      });
    });
    const before = usage.records.length;
    expect((await send(url, { path: '/api/value', headers })).body).toEqual({ tokenId: 1, path: '/value' });
    expect(await send(url, { path: '/api/sent', headers })).toMatchObject({ status: 202, text: 'sent' });
    expect((await send(url, { path: '/api/stream', headers })).text).toBe('abc');
    expect((await send(url, { path: '/api/error', headers })).status).toBe(500);
    expect(usage.records.slice(before)).toMatchObject([
      { path: '/value', status: 200 },
      { path: '/sent', status: 202, responseBytes: 4 },
      { path: '/stream', status: 200, responseBytes: 3 },
      { path: '/error', status: 500, outcome: 'VALID' },
    ]);
  });

  it('include what goes wrong in the guard, whether the token was at hand or looked up first', async () => {
    const scene = aGuardScene();
    scene.usage.append = () => {
      throw new Error('no sink');
    };
    const headers = bearer(scene.tokens.issue({ active: false }));
    const options = { guard: scene.guard };
    const app = fastify({ forceCloseConnections: true });
    apps.push(app);
    app.register(async (api) => {
      protectFastify(api, options);
      api.get('/api/x', async () => 'never');
    });
    const url = await app.listen({ port: 0, host: '127.0.0.1' });
    for (const _ of ['looked up', 'at hand']) {
      expect(await send(url, { path: '/api/x', headers })).toMatchObject({ status: 500, body: { message: 'no sink' } });
    }
  });

  it('leave routes outside of the context alone', async () => {
    const url = await start(() => {});
    expect((await send(url, { path: '/open' })).body).toEqual({ open: true });
  });

  it('shows the guard’s headers on injected requests, too', async () => {
    const app = fastify();
    apps.push(app);
    app.register(async (api) => {
      protectFastify(api, { guard });
      api.get('/api/value', async () => ({ ok: true }));
    });
    const [name = '', value = ''] = bearer(tokens.issue());
    const answer = await app.inject({ url: '/api/value', headers: { [name]: value } });
    expect(answer.json()).toEqual({ ok: true });
    expect(answer.headers).toMatchObject({
      'x-ratelimit-remaining': '99',
      ratelimit: '"default";r=99;t=60',
      'x-request-id': expect.any(String),
    });
  });

  it('judges the URL that was rewritten, which is the one that is routed', async () => {
    const app = fastify({ forceCloseConnections: true, rewriteUrl: ({ url }) => url?.replace('/api/old', '/api/new') ?? '' });
    apps.push(app);
    app.register(async (api) => {
      protectFastify(api, { guard });
      api.get('/api/new', async (request) => request.latchkey?.path);
    });
    const url = await app.listen({ port: 0, host: '127.0.0.1' });
    const only = (endpoint: string) => bearer(tokens.issue({ allowedEndpoints: [endpoint] }));
    expect((await send(url, { path: '/api/old', headers: only('/old') })).status).toBe(403);
    expect(await send(url, { path: '/api/old?a=b', headers: only('/new') })).toMatchObject({ status: 200, text: '/new' });
  });

  it('requirePermission refuses before any rate is consumed', async () => {
    const url = await start((api) => api.get('/api/files', requirePermission({ files: ['read'] }), async () => 'read'));
    const writer = bearer(tokens.issue({ permissions: { files: ['write'] } }));
    const answer = await send(url, { path: '/api/files', headers: writer });
    expect(answer).toMatchObject({ status: 403, body: { code: 'INSUFFICIENT_SCOPE', required: ['files:read'] } });
    expect(answer.headers['x-ratelimit-remaining']).toBe('100');
    const reader = bearer(tokens.issue({ permissions: { files: ['read'] } }));
    expect(await send(url, { path: '/api/files', headers: reader })).toMatchObject({ status: 200, text: 'read' });
  });

  it('requireScope refuses before any rate is consumed', async () => {
    const headers = bearer(tokens.issue({ scopes: ['read'] }));
    const url = await start((api) => api.post('/api/products', requireScope('write'), async () => 'made'));
    const answer = await send(url, { method: 'POST', headers });
    expect(answer).toMatchObject({ status: 403, body: { code: 'INSUFFICIENT_SCOPE', required: ['write'] } });
    expect(answer.headers['x-ratelimit-remaining']).toBe('100');
  });
});
