import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type IncomingMessage, type RequestListener, request, type ServerResponse } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { send } from '@latchkey/bearer-auth/testing';
import { afterEach, describe, expect, it } from 'vitest';
import { createMainForwarder } from './forward-to-main.ts';
import { closeBehindBody, listenOnSocket, prepareMainSocket, restorePeer } from './main-socket.ts';

/** More than all sockets on the way take by themselves. */
const LARGE = Buffer.alloc(8 * 1024 * 1024, 'x');

let closing = new AsyncDisposableStack();
afterEach(async () => {
  await closing.disposeAsync();
  closing = new AsyncDisposableStack();
});

/** A main thread's server, and a thread's before it. */
async function open(main: RequestListener): Promise<string> {
  const directory = await mkdtemp(path.join(tmpdir(), 'latchkey-forward-'));
  closing.defer(() => rm(directory, { recursive: true, force: true }));
  const socket = await prepareMainSocket(directory);
  const inner = createServer((req, res) => {
    closeBehindBody(req);
    restorePeer(req);
    main(req, res);
  });
  await listenOnSocket(inner, socket.path);
  const outer = createServer(createMainForwarder(socket.path));
  outer.listen(0, '127.0.0.1');
  await once(outer, 'listening');
  closing.defer(() => {
    for (const server of [inner, outer]) {
      server.close();
      server.closeAllConnections();
    }
  });
  return `http://127.0.0.1:${(outer.address() as AddressInfo).port}`;
}

async function readAll(req: IncomingMessage): Promise<string> {
  return Buffer.concat(await Array.fromAsync<Buffer>(req)).toString();
}

describe('a request arrives as it came', () => {
  it('with its target, fields, body and peer', async () => {
    const url = await open(async (req, res) => {
      const { method, url: target, headers, headersDistinct } = req;
      const body = await readAll(req);
      res.setHeader('content-type', 'application/json');
      res.end(JSON.stringify({ method, target, headers, many: headersDistinct['x-many'], body, peer: req.socket.remoteAddress }));
    });
    const headers = [
      'X-Many',
      'a',
      'X-Many',
      'b',
      'Cookie',
      'x=1',
      'Connection',
      'close, x-hop',
      'X-Hop',
      '1',
      'x-latchkey-peer',
      'https 203.0.113.9',
    ];
    const { body } = await send(url, { method: 'PATCH', path: '/a//b?x=%2F', headers, body: '{"a":1}' });
    expect(body).toMatchObject({ method: 'PATCH', target: '/a//b?x=%2F', many: ['a', 'b'], body: '{"a":1}', peer: '127.0.0.1' });
    expect(body?.headers).toMatchObject({ host: new URL(url).host, cookie: 'x=1', 'content-length': '7' });
    expect(body?.headers).not.toHaveProperty('x-hop');
    expect(body?.headers).not.toHaveProperty('x-latchkey-peer');
  });

  it.each(['GET', 'DELETE', 'POST'])('with its body, where %s names its length as a field of the connection', async (method) => {
    const url = await open(async (req, res) => {
      res.setHeader('content-type', 'application/json');
      res.end(JSON.stringify({ length: req.headers['content-length'], body: await readAll(req) }));
    });
    const inside = 'GET /metrics HTTP/1.1\r\nHost: x\r\nX-Latchkey-Peer: http 203.0.113.9\r\n\r\n';
    const { body } = await send(url, { method, path: '/', headers: ['Connection', 'close, content-length'], body: inside });
    expect(body).toEqual({ length: String(inside.length), body: inside });
  });

  it('piece by piece, before all of it was sent', async () => {
    const { promise: seen, resolve } = Promise.withResolvers<string>();
    const url = await open(async (req, res) => {
      req.once('data', (chunk) => resolve(String(chunk)));
      res.end(await readAll(req));
    });
    const req = request(url, { method: 'POST' });
    req.write('first');
    expect(await seen).toBe('first');
    req.end(' second');
    const [res] = (await once(req, 'response')) as [IncomingMessage];
    expect(await readAll(res)).toBe('first second');
  });
});

describe('an answer arrives as it came', () => {
  it('with its status, fields and body, once', async () => {
    const url = await open((_req, res) => {
      res.writeHead(418, 'Teapot', [...['Set-Cookie', 'a=1', 'Set-Cookie', 'b=2'], 'ETag', '"1"', 'Date', 'Fri, 27 Nov 2026 04:00:00 GMT']);
      res.end('short and stout');
    });
    const answer = await send(url, { path: '/' });
    expect(answer).toMatchObject({ status: 418, text: 'short and stout', headers: { 'set-cookie': ['a=1', 'b=2'], etag: '"1"' } });
    expect(answer.headers.date).toBe('Fri, 27 Nov 2026 04:00:00 GMT');
  });

  it('event by event, while the stream is open', async () => {
    const { promise: asked, resolve } = Promise.withResolvers<ServerResponse>();
    const url = await open((_req, res) => {
      res.writeHead(200, { 'content-type': 'text/event-stream' }).flushHeaders();
      resolve(res);
    });
    const req = request(url).end();
    const [res] = (await once(req, 'response')) as [IncomingMessage];
    const stream = await asked;
    for (const event of ['data: 1\n\n', 'data: 2\n\n']) {
      stream.write(event);
      expect(String((await once(res, 'data'))[0])).toBe(event);
    }
    const closed = once(stream, 'close');
    req.destroy();
    await closed;
  });

  it.each(['HEAD', 'GET'])('of %s without a body', async (method) => {
    const url = await open((_req, res) =>
      res.writeHead(method === 'HEAD' ? 200 : 304, { etag: '"1"', ...(method === 'HEAD' && { 'content-length': 5 }) }).end(),
    );
    const answer = await send(url, { method, path: '/' });
    expect(answer).toMatchObject({ status: method === 'HEAD' ? 200 : 304, text: '', headers: { etag: '"1"' } });
  });

  it.each([
    ['a length', { 'content-length': LARGE.length }],
    ['chunks', {}],
  ])('that comes before all was sent, with %s', async (_framing, headers) => {
    const url = await open((_req, res) => res.writeHead(413, { connection: 'close' }).end('too large'));
    const req = request(url, { method: 'POST', headers });
    req.on('error', () => undefined).end(LARGE);
    const [res] = (await once(req, 'response')) as [IncomingMessage];
    expect([res.statusCode, await readAll(res)]).toEqual([413, 'too large']);
  });

  it('that comes before all was sent leaves the connection to the next request, behind the rest', async () => {
    const url = await open((req, res) => res.writeHead(req.method === 'POST' ? 413 : 200).end(req.method));
    const client = connect(Number(new URL(url).port), '127.0.0.1').setEncoding('latin1');
    client.write(`POST / HTTP/1.1\r\nHost: x\r\nContent-Length: ${LARGE.length}\r\n\r\nx`);
    expect(String(await once(client, 'data'))).toMatch(/^HTTP\/1\.1 413 /);
    client.write(LARGE.subarray(1));
    client.write('GET / HTTP/1.1\r\nHost: x\r\n\r\n');
    expect(String(await once(client, 'data'))).toMatch(/^HTTP\/1\.1 200 /);
    client.destroy();
  });

  it('that breaks off is broken off, and none at all is 503', async () => {
    const url = await open((req, res) => {
      if (req.url === '/half') res.writeHead(200, { 'content-length': 10 }).write('half');
      setTimeout(() => res.destroy(), 20);
    });
    expect((await send(url, { path: '/none' })).status).toBe(503);
    await expect(send(url, { path: '/half' })).rejects.toThrow(/aborted|ECONNRESET/);
  });
});

it('a socket whose address would be too long for the system is made elsewhere, as closed', async () => {
  const socket = await prepareMainSocket(path.join(tmpdir(), 'x'.repeat(120)));
  expect(Buffer.byteLength(socket.path)).toBeLessThan(100);
  await socket.remove();
});
