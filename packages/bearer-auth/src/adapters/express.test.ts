import { createServer } from 'node:http';
import express, { type ErrorRequestHandler, type Express, type RequestHandler, type Router } from 'express';
import { afterEach, describe, expect, it, onTestFinished } from 'vitest';
import { type Door, describeGuard } from '../testing/guard-cases.ts';
import { aGuardScene } from '../testing/guard-scene.ts';
import { listen } from '../testing/listen.ts';
import { describeNestedGuards } from '../testing/nested-cases.ts';
import { describePathTricks } from '../testing/path-trick-cases.ts';
import { bearer, send } from '../testing/send.ts';
import { answerUpstream } from '../testing/upstream-handler.ts';
import { createExpressGuard } from './express.ts';

describeGuard('Express', ({ guard, handler, access }) => {
  const app = express();
  app.use('/api', createExpressGuard(guard).protect(access), handler);
  return listen(createServer(app));
});

describeNestedGuards('Express', ({ outer, inner, access }) => {
  const app = express();
  app.use('/api', createExpressGuard(outer).protect());
  app.post('/api/upload', createExpressGuard(inner).protect(access), answerUpstream);
  return listen(createServer(app));
});

describePathTricks('Express', async ({ guard, onServed }) => {
  const app = express();
  app.use('/api', createExpressGuard(guard).protect(), (req, res) => {
    onServed(req.originalUrl);
    res.send('served');
  });
  return { ...(await listen(createServer(app))), mount: '/api' };
});

describePathTricks('Express’ own router', async ({ guard, onServed }) => {
  const app = express();
  app.use('/api', createExpressGuard(guard).protect());
  app.get(['/api/:name', '/api/:name/*rest'], (req, res) => {
    // The router has decoded them once.
    const parts = [req.params.name, req.params.rest ?? []].flat();
    onServed(`/api/${parts.map((part) => encodeURIComponent(part ?? '')).join('/')}`);
    res.send('served');
  });
  app.get('/*rest', (_req, res) => {
    res.status(404).send('not below /api');
  });
  return { ...(await listen(createServer(app))), mount: '/api' };
});

describe('a URL that was rewritten', () => {
  const rewrite: RequestHandler = (req, _res, next) => {
    req.url = req.url.replace('/old', '/new');
    next();
  };

  it.each([
    ['before all', (app: Express, router: Router) => app.use(rewrite).use('/api', router)],
    ['below its mount', (app: Express, router: Router) => app.use('/api', rewrite, router)],
  ])('%s is judged as it is routed', async (_where, define) => {
    const { tokens, usage, guard } = aGuardScene();
    const router = express.Router();
    router.use(createExpressGuard(guard).protect());
    router.get('/new/:id', (req, res) => void res.send(req.latchkey?.path));
    const app = express();
    define(app, router);
    const { url, close } = await listen(createServer(app));
    onTestFinished(close);
    const only = (endpoint: string) => bearer(tokens.issue({ allowedEndpoints: [endpoint] }));
    expect((await send(url, { path: '/api/old/1', headers: only('/old*') })).status).toBe(403);
    expect(await send(url, { path: '/api/old/1?a=b', headers: only('/new*') })).toMatchObject({ status: 200, text: '/new/1' });
    expect(usage.records).toMatchObject([{ path: '/new/1', endpoint: '/new/:id' }, { path: '/new/1' }]);
  });

  it('is not one that Express has only cut', async () => {
    const { tokens, usage, guard } = aGuardScene();
    const app = express();
    app.use('/api/products', createExpressGuard(guard).protect(), (_req, res) => void res.send('served'));
    const { url, close } = await listen(createServer(app));
    onTestFinished(close);
    const headers = bearer(tokens.issue());
    for (const rest of ['', '?a=b', '/', '/1?a=b']) expect((await send(url, { path: `/api/products${rest}`, headers })).status).toBe(200);
    expect(usage.records.map(({ path }) => path)).toEqual(['/products', '/products', '/products/', '/products/1']);
  });
});

describe('Express’ own ways to answer', () => {
  const { tokens, usage, guard } = aGuardScene();
  const { protect, requireScope, requirePermission } = createExpressGuard(guard);
  const doors: Door[] = [];
  afterEach(async () => {
    for (const door of doors.splice(0)) await door.close();
  });

  async function start(define: (app: Express) => void): Promise<string> {
    const app = express();
    define(app);
    const door = await listen(createServer(app));
    doors.push(door);
    return door.url;
  }

  it('work: json, send, errors, unknown routes; each once on record', async () => {
    const headers = bearer(tokens.issue());
    const url = await start((app) => {
      app.use('/api', protect());
      app.get('/api/json', (req, res) => {
        res.json({ tokenId: req.latchkey?.token.id, path: req.latchkey?.path });
      });
      app.get('/api/error', () => {
        throw Object.assign(new Error('teapot'), { status: 418, expose: false });
      });
    });
    const before = usage.records.length;
    expect((await send(url, { path: '/api/json', headers })).body).toEqual({ tokenId: 1, path: '/json' });
    expect((await send(url, { path: '/api/error', headers })).status).toBe(418);
    expect((await send(url, { path: '/api/nowhere', headers })).status).toBe(404);
    expect(usage.records.slice(before)).toMatchObject([{ status: 200 }, { status: 418 }, { status: 404 }]);
  });

  it('include what goes wrong in the guard, whether the token was at hand or looked up first', async () => {
    const scene = aGuardScene();
    scene.usage.append = () => {
      throw Object.assign(new Error('no sink'), { expose: false });
    };
    const headers = bearer(scene.tokens.issue({ active: false }));
    const url = await start((app) => {
      app.use('/api', createExpressGuard(scene.guard).protect());
      app.use(((error, _req, res, _next) => void res.status(500).send(error.message)) satisfies ErrorRequestHandler);
    });
    for (const _ of ['looked up', 'at hand']) expect(await send(url, { headers })).toMatchObject({ status: 500, text: 'no sink' });
  });

  it('requireScope alone is the whole guard, and a refusal consumes no rate', async () => {
    const url = await start((app) => app.post('/api/products', requireScope('write'), (_req, res) => void res.send('made')));
    expect((await send(url, { method: 'POST' })).status).toBe(401);
    const refused = await send(url, { method: 'POST', headers: bearer(tokens.issue({ scopes: ['read'] })) });
    expect(refused).toMatchObject({ status: 403, body: { required: ['write'] } });
    expect(refused.headers['x-ratelimit-remaining']).toBe('100');
    const made = await send(url, { method: 'POST', headers: bearer(tokens.issue({ scopes: ['write'] })) });
    expect(made).toMatchObject({ status: 200, text: 'made' });
  });

  it('requirePermission alone is the whole guard, and below protect it looks at the permissions only', async () => {
    const url = await start((app) => {
      app.get('/api/alone', requirePermission({ files: ['read'] }), (_req, res) => void res.send('read'));
      app.use('/api', protect());
      app.get('/api/below', requirePermission({ files: ['read'] }), (_req, res) => void res.send('read'));
    });
    const reader = bearer(tokens.issue({ permissions: { files: ['read', 'write'] } }));
    const writer = bearer(tokens.issue({ permissions: { files: ['write'] } }));
    for (const path of ['/api/alone', '/api/below']) {
      expect(await send(url, { path, headers: reader })).toMatchObject({ status: 200, text: 'read' });
      expect(await send(url, { path, headers: writer })).toMatchObject({
        status: 403,
        body: { code: 'INSUFFICIENT_SCOPE', required: ['files:read'] },
      });
    }
    const refused = await send(url, { path: '/api/alone', headers: writer });
    expect(refused.headers['x-ratelimit-remaining']).toBe('99');
  });

  it('requireScope below protect only looks at the scopes, and is what the record says', async () => {
    const url = await start((app) => {
      app.use('/api', protect());
      app.post('/api/products', requireScope('write'), (_req, res) => void res.send('made'));
    });
    const before = usage.records.length;
    const refused = await send(url, { method: 'POST', headers: bearer(tokens.issue()) });
    expect(refused).toMatchObject({ status: 403, body: { code: 'INSUFFICIENT_SCOPE' } });
    expect(refused.headers).toMatchObject({ 'x-ratelimit-remaining': '99', 'www-authenticate': expect.stringContaining('scope="write"') });
    expect(usage.records.slice(before)).toMatchObject([{ status: 403, outcome: 'INSUFFICIENT_SCOPE' }]);
  });
});
