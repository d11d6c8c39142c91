import { once } from 'node:events';
import { createServer, get, type IncomingMessage } from 'node:http';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { afterEach, describe, expect, it } from 'vitest';
import { type Door, describeGuard } from '../testing/guard-cases.ts';
import { aGuardScene } from '../testing/guard-scene.ts';
import { listen } from '../testing/listen.ts';
import { describeNestedGuards } from '../testing/nested-cases.ts';
import { describePathTricks } from '../testing/path-trick-cases.ts';
import { bearer, send, sendBytes } from '../testing/send.ts';
import { answerUpstream } from '../testing/upstream-handler.ts';
import { createNodeGuard, type NodeGuardOptions, type ProtectedHandler } from './node.ts';

describeGuard('node:http', ({ guard, handler, access }) => listen(createServer(createNodeGuard(guard).protect(handler, access))));

describeNestedGuards('node:http', ({ outer, inner, access }) => {
  const below = createNodeGuard(inner).protect(answerUpstream, access);
  return listen(createServer(createNodeGuard(outer).protect((req, res) => void below(req, res))));
});

describePathTricks('node:http', async ({ guard, onServed }) => {
  const door = await listen(
    createServer(
      createNodeGuard(guard).protect((req, res) => {
        onServed(req.url ?? '');
        res.end('served');
      }),
    ),
  );
  return { ...door, mount: '/api' };
});

describe('over node:http', () => {
  const doors: Door[] = [];
  afterEach(async () => {
    for (const door of doors.splice(0)) await door.close();
  });

  async function start(handler: ProtectedHandler, options?: NodeGuardOptions) {
    const scene = aGuardScene();
    const node = createNodeGuard(scene.guard, options);
    const door = await listen(createServer(node.protect(handler)));
    doors.push(door);
    return { ...scene, node, url: door.url, headers: bearer(scene.tokens.issue()) };
  }

  it('gives the handler the path as it was judged', async () => {
    const seen: unknown[] = [];
    const { url, headers } = await start((_req, res, { path, search, endpoint }) => {
      seen.push({ path, search, endpoint });
      res.end();
    });
    for (const path of ['/api/a%20b/7?x=%2f', '/api/', '/api?y=1', '/api']) await send(url, { path, headers });
    expect(seen).toEqual([
      { path: '/a%20b/7', search: '?x=%2f', endpoint: '/a b/:id' },
      { path: '/', search: '', endpoint: '/' },
      { path: '/', search: '?y=1', endpoint: '/' },
      { path: '/', search: '', endpoint: '/' },
    ]);
  });

  it('has an inner guard with a mount of its own judge what lies below that, and the handler gets it', async () => {
    const { url, headers, usage, guard } = await start((req, res) => void below(req, res), { mount: '' });
    const seen: unknown[] = [];
    const below = createNodeGuard(guard, { mount: '/api' }).protect((_req, res, { path }) => {
      seen.push(path);
      res.end();
    });
    await send(url, { path: '/api/products/1', headers });
    expect(seen).toEqual(['/products/1']);
    expect(usage.records).toMatchObject([{ path: '/products/1', endpoint: '/products/:id' }]);
  });

  it.each([['/apiary/x'], ['/other'], ['/API/products'], ['/%61pi/products']])(
    'refuses %s, which lies outside of the mount',
    async (path) => {
      const { url, headers } = await start((_req, res) => res.end());
      expect((await send(url, { path, headers })).status).toBe(400);
    },
  );

  it('can be mounted at the root, and told the client’s address', async () => {
    const { url, headers, usage } = await start((_req, res) => res.end(), { mount: '/', clientAddress: () => '192.0.2.9' });
    expect((await send(url, { path: '/products', headers })).status).toBe(200);
    expect(usage.records).toMatchObject([{ path: '/products', ip: '192.0.2.9' }]);
  });

  it('refuses a mount that is no path', () => {
    expect(() => createNodeGuard(aGuardScene().guard, { mount: 'api' })).toThrow(RangeError);
  });

  it('keeps every way to write head and body: nested, reason, flushed, strings in other encodings, callbacks', async () => {
    const handlers: Record<string, ProtectedHandler> = {
      '/reason': (_req, res) => void res.writeHead(201, 'Made', { 'X-A': ['1', '2'] }).end(),
      '/pairs': (_req, res) => void res.writeHead(200, [['X-A', '1']] as never).end('ok'),
      '/both': (_req, res) => void res.setHeader('X-B', 'b').setHeader('X-RateLimit-Limit', '9').writeHead(200, { 'X-A': '1' }).end('ok'),
      '/encoded': (_req, res) => void res.end('68656c6c6f', 'hex'),
      '/called': (_req, res) => void res.write('a', () => res.end(() => {})),
      '/flushed': (_req, res) => {
        res.flushHeaders();
        res.end('late');
      },
    };
    const { url, headers, usage } = await start((req, res, admission) => handlers[admission.path]?.(req, res, admission));
    const ask = (path: string) => send(url, { path: `/api${path}`, headers });
    expect((await ask('/reason')).headers['x-a']).toBe('1, 2');
    expect((await ask('/pairs')).headers['x-a']).toBe('1');
    expect((await ask('/both')).headers).toMatchObject({ 'x-a': '1', 'x-b': 'b', 'x-ratelimit-limit': '100' });
    expect((await ask('/encoded')).text).toBe('hello');
    expect((await ask('/called')).text).toBe('a');
    expect((await ask('/flushed')).text).toBe('late');
    expect(usage.records.map((record) => record.responseBytes)).toEqual([0, 2, 2, 5, 1, 4]);
  });

  it('a flushed head that is the whole answer waits for the record', async () => {
    const { url, headers, usage } = await start((_req, res) => {
      res.writeHead(200, { 'Content-Length': '0' });
      res.flushHeaders();
      res.end();
    });
    usage.isHolding = true;
    let isAnswered = false;
    const answering = send(url, { headers }).then(() => {
      isAnswered = true;
    });
    await usage.waitFor(1);
    await send(url);
    expect(isAnswered).toBe(false);
    usage.confirm();
    await answering;
  });

  it('a client of HTTP/1.0 sees the end only after the record', async () => {
    const { url, headers } = await start((_req, res) => {
      res.write('one ');
      res.end('two');
    });
    const answer = await sendBytes(url, `GET /api/x HTTP/1.0\r\n${headers[0]}: ${headers[1]}\r\n\r\n`);
    expect(answer.split('\r\n\r\n')[1]).toBe('one two');
  });

  it('keeps back-pressure: a client that reads slowly does not fill the memory', async () => {
    const chunk = Buffer.alloc(64 * 1024);
    let produced = 0;
    const { url, headers, usage } = await start((_req, res) => {
      const source = Readable.from(
        (function* () {
          for (let part = 0; part < 1_000; part++) {
            produced += chunk.length;
            yield chunk;
          }
        })(),
      );
      pipeline(source, res).catch(() => {});
    });
    const response = await new Promise<IncomingMessage>((resolve) =>
      get(`${url}/api/big`, { headers: { Authorization: headers[1] } }, resolve),
    );
    // Nothing is read: what is produced is what fits the buffers in between.
    await new Promise((resolve) => response.once('readable', resolve));
    expect(produced).toBeLessThan(32 * 2 ** 20);
    let received = 0;
    for await (const part of response) received += (part as Buffer).length;
    expect(received).toBe(64_000 * 1_024);
    expect(usage.records).toMatchObject([{ status: 200, responseBytes: 64_000 * 1_024 }]);
  });

  it('a handler that gives up half-way leaves half an answer and says why on record', async () => {
    const { url, headers, usage, node } = await start((req, res, admission) => {
      res.write('half', () => node.deny(req, res, admission, 'upstream_error'));
    });
    await expect(send(url, { headers })).rejects.toThrow();
    await usage.waitFor(1);
    expect(usage.records).toMatchObject([{ status: 502, outcome: 'UPSTREAM_ERROR', responseBytes: 4 }]);
  });

  it('a handler that ends its answer after the client left adds no second record', async () => {
    const ended = Promise.withResolvers<void>();
    const { url, headers, usage } = await start((_req, res) => {
      res.write('first half');
      res.once('close', () => {
        res.end('second half');
        ended.resolve();
      });
    });
    const request = get(`${url}/api/x`, { headers: { Authorization: headers[1] } });
    const [response] = await once(request, 'response');
    response.on('error', () => {});
    request.destroy();
    await ended.promise;
    await send(url);
    expect(usage.records).toMatchObject([{ status: 499, responseBytes: 10 }]);
  });

  it('a handler can answer with a denial, with the limit still on it', async () => {
    const { url, headers, usage, node } = await start((req, res, admission) => {
      res.setHeader('X-Left-Over', '1');
      node.deny(req, res, admission, 'upstream_timeout');
    });
    const answer = await send(url, { headers: [...headers, 'Accept', 'application/problem+json'] });
    expect(answer).toMatchObject({ status: 504, body: { code: 'UPSTREAM_TIMEOUT', instance: '/products' } });
    expect(answer.headers).toMatchObject({ 'x-ratelimit-remaining': '99', 'cache-control': 'no-store' });
    expect(answer.headers).not.toHaveProperty('x-left-over');
    expect(answer.rawHeaders.filter((name) => name.toLowerCase() === 'x-request-id')).toHaveLength(1);
    expect(usage.records).toMatchObject([{ status: 504, outcome: 'UPSTREAM_TIMEOUT' }]);
  });

  it('what a handler throws is its caller’s to catch, whether its token was at hand or looked up first', async () => {
    const scene = aGuardScene();
    const listener = createNodeGuard(scene.guard).protect(() => {
      throw new Error('a defect');
    });
    const caught: string[] = [];
    const server = createServer(async (req, res) => {
      try {
        await listener(req, res);
      } catch (error) {
        caught.push((error as Error).message);
        res.writeHead(500).end();
      }
    });
    doors.push(await listen(server));
    const headers = bearer(scene.tokens.issue());
    for (const _ of ['looked up', 'at hand']) expect((await send(doors[0]?.url ?? '', { headers })).status).toBe(500);
    expect(caught).toEqual(['a defect', 'a defect']);
    expect(scene.usage.records).toMatchObject([{ status: 500 }, { status: 500 }]);
  });

  it('the handler of a client that left during the look-up does not run; it is on record as 499', async () => {
    let runs = 0;
    const scene = aGuardScene();
    const text = scene.tokens.issue();
    const server = createServer();
    doors.push(await listen(server));
    const find = scene.tokens.findByDigest;
    const lookedUp = Promise.withResolvers<void>();
    const left = Promise.withResolvers<void>();
    scene.tokens.findByDigest = async (candidates) => {
      lookedUp.resolve();
      await left.promise;
      return find(candidates);
    };
    const listener = createNodeGuard(scene.guard).protect(() => runs++);
    server.on('request', (req, res) => {
      res.once('close', left.resolve);
      void listener(req, res);
    });
    const request = get(`${doors[0]?.url}/api/x`, { headers: { Authorization: `Bearer ${text}` } });
    const failed = once(request, 'error');
    await lookedUp.promise;
    request.destroy(new Error('gone'));
    await failed;
    await scene.usage.waitFor(1);
    expect(scene.usage.records).toMatchObject([{ status: 499, outcome: 'CLIENT_CLOSED', responseBytes: 0 }]);
    expect(runs).toBe(0);
  });
});
