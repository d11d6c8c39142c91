import { once } from 'node:events';
import { createServer, type IncomingMessage, type RequestListener, request, type ServerResponse } from 'node:http';
import { connect } from 'node:net';
import { PassThrough } from 'node:stream';
import { createNodeGuard } from '@latchkey/bearer-auth/node';
import { type Door, type DoorOptions, describeGuard, listen, type SendOptions } from '@latchkey/bearer-auth/testing';
import { describe, expect, onTestFinished, test } from 'vitest';
import { createReverseProxy, type ReverseProxyOptions } from './reverse-proxy.ts';
import { DOORS, type DoorKind, listenAt } from './testing/doors.ts';
import { openProxied, openRawUpstream, openUpstream, untilSettled } from './testing/open-proxied.ts';
import { createTrustedPeers } from './trusted-peers.ts';

/** Large bodies take their time on a busy machine. */
const PATIENT = { timeout: 60_000 };
const nobody = createTrustedPeers([]);

for (const kind of DOORS) describeGuard(`the reverse proxy (${kind})`, (options) => openGuarded(kind, options));

async function openGuarded(kind: DoorKind, { guard, handler, access }: DoorOptions): Promise<Door> {
  const upstream = await listen(createServer(handler));
  const node = createNodeGuard(guard);
  const proxy = createReverseProxy({ upstream: new URL(upstream.url), trusted: nobody, deny: node.deny });
  const door = await listenAt(kind, createServer(node.protect(proxy.handle, access)), { guard, proxy, isFor: () => access === undefined });
  return {
    url: door.url,
    async close() {
      await door.close();
      proxy.close();
      await upstream.close();
    },
  };
}

const echoHead: RequestListener = (req, res) => {
  res.setHeader('Content-Type', 'application/json');
  res.end(JSON.stringify({ method: req.method, url: req.url, headers: req.headers, raw: req.rawHeaders }));
};

interface Echo {
  readonly method: string;
  readonly url: string;
  readonly headers: Record<string, string>;
  readonly raw: readonly string[];
}

describe.each(DOORS)('through %s', (door) => {
  async function openEcho(options: Partial<ReverseProxyOptions> = {}, base = '') {
    const upstream = await openUpstream(echoHead);
    const gateway = await openProxied(`${upstream.url}${base}`, { door, ...options });
    return {
      ...gateway,
      upstreamHost: new URL(upstream.url).host,
      async echo(sendOptions: SendOptions = {}): Promise<Echo> {
        const { body } = await gateway.send(sendOptions);
        return body as unknown as Echo;
      },
    };
  }

  describe('what the upstream gets', PATIENT, () => {
    test.each([
      ['', '/products?store_id=1'],
      ['/v2', '/v2/products?store_id=1'],
      ['/v2/', '/v2/products?store_id=1'],
    ])('the path as judged below the upstream’s own (%s), and its host', async (base, url) => {
      const gateway = await openEcho({}, base);
      const echo = await gateway.echo({ path: '/api/products?store_id=1' });
      expect(echo.url).toBe(url);
      expect(echo.headers.host).toBe(gateway.upstreamHost);
    });

    test('percent escapes, and a query of any form, unchanged', async () => {
      const { echo } = await openEcho();
      expect((await echo({ path: '/api/caf%C3%A9%20bar/%7Ex?a=b?c&d=%2F..//&e' })).url).toBe('/caf%C3%A9%20bar/%7Ex?a=b?c&d=%2F..//&e');
    });

    test('who is calling, and never what the client claims of it', async () => {
      const { echo } = await openEcho();
      const headers = ['X-Latchkey-Token-Id', '99', 'x_latchkey_owner', 'root', 'X-LATCHKEY-Scopes', 'admin', 'X-Latchkey-Else', 'x'];
      const { headers: got } = await echo({ headers });
      expect(Object.entries(got).filter(([name]) => name.replaceAll('_', '-').startsWith('x-latchkey'))).toEqual([
        ['x-latchkey-token-id', '1'],
        ['x-latchkey-owner', 'team:B%C3%BCro%207'],
        ['x-latchkey-scopes', 'read write%20all'],
      ]);
    });

    test('no credential of ours', async () => {
      const { echo } = await openEcho();
      const cookie = 'theme=dark; latchkey.session_token=s3cret; __Host-latchkey.session_data=s3cret;better-auth.state=s3cret; cart=7';
      const { headers, raw } = await echo({ headers: ['X-API-Key', 's3cret', 'X_API_KEY', 's3cret', 'Cookie', cookie] });
      expect(headers).not.toHaveProperty('authorization');
      expect(raw.join('\n')).not.toContain('s3cret');
      expect(headers.cookie).toBe('theme=dark; cart=7');
    });

    test('no cookie field where only ours were in it', async () => {
      const { echo } = await openEcho();
      expect((await echo({ headers: ['Cookie', 'latchkey.session_token=x'] })).headers).not.toHaveProperty('cookie');
    });

    test('nothing that belongs to the client’s connection', async () => {
      const { echo } = await openEcho();
      const hop = ['Connection', 'X-Named, close', 'X-Named', '1', 'Keep-Alive', '5', 'TE', 'trailers', 'Trailer', 'x'];
      const proxy = ['Proxy-Authorization', '1', 'Proxy-Connection', '1', 'Upgrade', 'h2c', 'HTTP2-Settings', 'x'];
      const { headers } = await echo({ method: 'POST', headers: [...hop, ...proxy, 'X-Kept', 'yes', 'Transfer-Encoding', 'chunked'] });
      expect(headers).toMatchObject({ 'x-kept': 'yes', connection: 'keep-alive' });
      for (const name of [
        'x-named',
        'keep-alive',
        'te',
        'trailer',
        'proxy-authorization',
        'proxy-connection',
        'upgrade',
        'http2-settings',
      ]) {
        expect(headers).not.toHaveProperty(name);
      }
    });

    test('a Connection field can name neither our headers nor the framing away', async () => {
      const { echo } = await openEcho();
      const headers = ['Connection', 'x-latchkey-token-id, x-forwarded-for, content-length, host'];
      const got = (await echo({ method: 'POST', headers, body: 'four' })).headers;
      expect(got).toMatchObject({ 'x-latchkey-token-id': '1', 'x-forwarded-for': '127.0.0.1', 'content-length': '4' });
    });

    test('forwarding fields made anew for anybody', async () => {
      const { echo, url } = await openEcho();
      const spoofed = ['X-Forwarded-For', '6.6.6.6', 'X_Forwarded_For', '6.6.6.6', 'Forwarded', 'for=6.6.6.6', 'X-Real-IP', '6.6.6.6'];
      const others = ['X-Forwarded-Proto', 'https', 'X-Forwarded-Host', 'evil.test', 'X-Forwarded-Port', '70666', 'Via', '1.0 fred'];
      const { headers, raw } = await echo({ headers: [...spoofed, ...others] });
      const { host } = new URL(url);
      expect(raw.join('\n')).not.toMatch(/6\.6\.6\.6|evil|70666/);
      expect(headers).toMatchObject({
        'x-forwarded-for': '127.0.0.1',
        'x-forwarded-proto': 'http',
        'x-forwarded-host': host,
        forwarded: `for=127.0.0.1;host="${host}";proto=http`,
        via: '1.0 fred, 1.1 latchkey',
      });
    });

    test('forwarding fields continued for a trusted proxy', async () => {
      const { echo } = await openEcho({ trusted: createTrustedPeers(['127.0.0.0/8']) });
      const said = [
        'X-Forwarded-For',
        '203.0.113.9',
        'X-Forwarded-Proto',
        'https',
        'X-Forwarded-Host',
        'api.shop.test',
        'Forwarded',
        'for=a',
      ];
      expect((await echo({ headers: said })).headers).toMatchObject({
        'x-forwarded-for': '203.0.113.9, 127.0.0.1',
        'x-forwarded-proto': 'https',
        'x-forwarded-host': 'api.shop.test',
        forwarded: expect.stringMatching(/^for=a, for=127\.0\.0\.1;/),
      });
    });

    test.each(['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'PROPFIND', 'REPORT'])('%s without and with a body', async (method) => {
      const upstream = await openUpstream((req, res) => {
        let body = '';
        req.setEncoding('utf8').on('data', (text: string) => {
          body += text;
        });
        req.on('end', () => res.end(`${req.method} ${body} ${req.headers['content-length']} ${req.headers['transfer-encoding']}`));
      });
      const gateway = await openProxied(upstream.url, { door });
      expect((await gateway.send({ method })).text).toMatch(new RegExp(`^${method}  (0 undefined|undefined (undefined|chunked))$`));
      expect((await gateway.send({ method, body: 'hello' })).text).toBe(`${method} hello 5 undefined`);
    });

    test('a method that usually has a body says that there is none', async () => {
      const { sendBytes } = await openEcho();
      expect(await sendBytes('POST /api/products HTTP/1.1\r\n')).toContain('"content-length":"0"');
    });

    test('chunks arrive as chunks while they are sent', async () => {
      const chunks: string[] = [];
      const arrived = new PassThrough();
      const upstream = await openUpstream((req, res) => {
        req.on('data', (chunk: Buffer) => {
          chunks.push(String(chunk));
          arrived.write('.');
        });
        req.on('end', () => res.end(String(req.headers['transfer-encoding'])));
      });
      const gateway = await openProxied(upstream.url, { door });
      const headers = ['Authorization', `Bearer ${gateway.token}`, 'Host', 'x', 'Transfer-Encoding', 'chunked'];
      const outgoing = request({ port: gateway.port, method: 'DELETE', path: '/api/products', headers });
      outgoing.write('first');
      await once(arrived, 'data');
      expect(chunks).toEqual(['first']);
      outgoing.end('last');
      const [answer] = (await once(outgoing, 'response')) as [IncomingMessage];
      expect(await answer.setEncoding('utf8').reduce((all, text: string) => all + text, '')).toBe('chunked');
      expect(chunks).toEqual(['first', 'last']);
    });

    test('a body announced with Expect: 100-continue', async () => {
      const upstream = await openUpstream((req, res) => {
        req.resume().on('end', () => res.end(String(req.headers.expect)));
      });
      const gateway = await openProxied(upstream.url, { door });
      const headers = ['Authorization', `Bearer ${gateway.token}`, 'Host', 'x', 'Expect', '100-continue', 'Content-Length', '4'];
      const outgoing = request({ port: gateway.port, method: 'POST', path: '/api/products', headers });
      outgoing.flushHeaders();
      await once(outgoing, 'continue');
      outgoing.end('four');
      const [answer] = (await once(outgoing, 'response')) as [IncomingMessage];
      expect(answer.statusCode).toBe(200);
      expect(await answer.setEncoding('utf8').reduce((all, text: string) => all + text, '')).toBe('undefined');
    });
  });

  describe('what the client gets', PATIENT, () => {
    test('status, fields and body as they are, without those of the upstream’s connection', async () => {
      const upstream = await openUpstream((_req, res) => {
        const hop = ['Connection', 'X-Secret', 'X-Secret', '1', 'Keep-Alive', 'timeout=9', 'Proxy-Authenticate', 'Basic', 'Trailer', 'x'];
        res.writeHead(418, [...hop, 'X-Kept', 'a', 'X-Kept', 'b', 'Date', 'Thu, 01 Jan 2026 00:00:00 GMT']);
        res.end('short and stout');
      });
      const gateway = await openProxied(upstream.url, { door });
      const { status, headers, rawHeaders, text } = await gateway.send();
      expect([status, text]).toEqual([418, 'short and stout']);
      expect(headers).toMatchObject({ 'x-kept': 'a, b', date: 'Thu, 01 Jan 2026 00:00:00 GMT' });
      expect(rawHeaders.filter((name) => name === 'X-Kept')).toHaveLength(2);
      for (const name of ['x-secret', 'proxy-authenticate', 'trailer']) expect(headers).not.toHaveProperty(name);
      expect(headers['keep-alive']).not.toBe('timeout=9');
      expect(gateway.usage.records).toMatchObject([{ status: 418, outcome: 'VALID', responseBytes: 15 }]);
    });

    test('no cookie under one of the console’s names', async () => {
      const upstream = await openUpstream((_req, res) => {
        res.writeHead(200, ['Set-Cookie', 'latchkey.session_token=fixed', 'Set-Cookie', '__Host-latchkey.x=1', 'Set-Cookie', 'cart=7']);
        res.end();
      });
      const gateway = await openProxied(upstream.url, { door });
      expect((await gateway.send()).headers['set-cookie']).toEqual(['cart=7']);
    });

    test('the length of a HEAD without its body, and 204 and 304 without any', async () => {
      const upstream = await openUpstream((req, res) => {
        const status = Number(req.url?.slice(1));
        res.writeHead(status, status === 304 ? { ETag: '"x"' } : { 'Content-Length': '1234' });
        res.end();
      });
      const gateway = await openProxied(upstream.url, { door });
      const head = await gateway.send({ method: 'HEAD', path: '/api/200' });
      expect(head).toMatchObject({ status: 200, text: '', headers: { 'content-length': '1234' } });
      const empty = await gateway.send({ path: '/api/204' });
      expect(empty).toMatchObject({ status: 204, text: '' });
      expect(empty.headers).not.toHaveProperty('content-length');
      expect(await gateway.send({ path: '/api/304' })).toMatchObject({ status: 304, text: '', headers: { etag: '"x"' } });
    });

    test('the head and every part of a stream as soon as they are there', async () => {
      const upstreamResponse = Promise.withResolvers<ServerResponse>();
      const upstream = await openUpstream((_req, res) => {
        res.writeHead(200, { 'Content-Type': 'text/event-stream' });
        res.flushHeaders();
        upstreamResponse.resolve(res);
      });
      const gateway = await openProxied(upstream.url, { door });
      const outgoing = request({
        port: gateway.port,
        path: '/api/events',
        headers: ['Authorization', `Bearer ${gateway.token}`, 'Host', 'x'],
      });
      outgoing.end();
      const [answer] = (await once(outgoing, 'response')) as [IncomingMessage];
      expect(answer.headers['content-type']).toBe('text/event-stream');
      const stream = await upstreamResponse.promise;
      stream.write('data: 1\n\n');
      const parts = answer[Symbol.asyncIterator]();
      expect(String((await parts.next()).value)).toBe('data: 1\n\n');
      stream.end('data: 2\n\n');
      expect(String((await parts.next()).value)).toBe('data: 2\n\n');
      expect((await parts.next()).done).toBe(true);
    });

    test('nothing of informational answers before the real one', async () => {
      const upstream = await openRawUpstream((socket) => {
        const early = 'HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n';
        socket.once('data', () => socket.end(`${early}HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok`));
      });
      const gateway = await openProxied(upstream.url, { door });
      expect(await gateway.sendBytes('GET /api/products HTTP/1.1\r\n')).toMatch(/^HTTP\/1\.1 200 OK[\s\S]*\r\n\r\nok$/);
    });

    test('an answer of HTTP/1.0 that ends with its connection', async () => {
      const upstream = await openRawUpstream((socket) => {
        socket.once('data', () => socket.end('HTTP/1.0 200 OK\r\n\r\nwhole'));
      });
      const gateway = await openProxied(upstream.url, { door });
      expect((await gateway.send()).text).toBe('whole');
    });

    test('a large body as fast as the client reads it, and no faster', async () => {
      const size = 64 * 1024 * 1024;
      let written = 0;
      const upstream = await openUpstream((_req, res) => {
        const chunk = Buffer.alloc(64 * 1024);
        const pump = () => {
          while (written < size) {
            written += chunk.length;
            if (!res.write(chunk)) return;
          }
          res.end();
        };
        res.on('drain', pump);
        pump();
      });
      const gateway = await openProxied(upstream.url, { door });
      const outgoing = request({
        port: gateway.port,
        path: '/api/big',
        headers: ['Authorization', `Bearer ${gateway.token}`, 'Host', 'x'],
      });
      outgoing.end();
      const [answer] = (await once(outgoing, 'response')) as [IncomingMessage];
      await untilStill(() => written);
      expect(written).toBeLessThan(size / 2);
      let read = 0;
      for await (const chunk of answer) read += chunk.length;
      expect(read).toBe(size);
    });

    test('a large upload as fast as the upstream reads it, and no faster', async () => {
      const upstreamRequest = Promise.withResolvers<[IncomingMessage, ServerResponse]>();
      const upstream = await openUpstream((req, res) => upstreamRequest.resolve([req, res]));
      const gateway = await openProxied(upstream.url, { door });
      const size = 64 * 1024 * 1024;
      const headers = ['Authorization', `Bearer ${gateway.token}`, 'Host', 'x', 'Content-Length', String(size)];
      const outgoing = request({ port: gateway.port, method: 'PUT', path: '/api/big', headers });
      let written = 0;
      const pump = () => {
        while (written < size) {
          written += 64 * 1024;
          if (!outgoing.write(Buffer.alloc(64 * 1024))) return;
        }
        outgoing.end();
      };
      outgoing.on('drain', pump);
      pump();
      const [req, res] = await upstreamRequest.promise;
      await untilStill(() => written);
      expect(written).toBeLessThan(size / 2);
      let read = 0;
      req.on('data', (chunk: Buffer) => {
        read += chunk.length;
      });
      req.on('end', () => res.end());
      await once(outgoing, 'response');
      expect(read).toBe(size);
      expect(gateway.usage.records).toMatchObject([{ requestBytes: size }]);
    });
  });

  /** Resolves when a number has not moved for a while: buffers are full, and the pump waits. */
  async function untilStill(read: () => number): Promise<void> {
    for (let before = -1; before !== read(); ) {
      before = read();
      await new Promise((resolve) => setTimeout(resolve, 150));
    }
  }

  describe('502', PATIENT, () => {
    async function expectUpstreamError(answering: Promise<{ status: number; body: unknown }>, usage: { records: readonly unknown[] }) {
      expect(await answering).toMatchObject({ status: 502, body: { code: 'UPSTREAM_ERROR' } });
      expect(usage.records).toMatchObject([{ status: 502, outcome: 'UPSTREAM_ERROR' }]);
    }

    test('nobody listens', async () => {
      const upstream = await openRawUpstream(() => {});
      upstream.server.close();
      await once(upstream.server, 'close');
      const gateway = await openProxied(upstream.url, { door });
      await expectUpstreamError(gateway.send({ method: 'POST', body: 'x'.repeat(200_000) }), gateway.usage);
    });

    test.each([
      ['closes without an answer', ''],
      ['speaks another protocol', 'SSH-2.0-OpenSSH_9.6\r\n'],
      ['breaks off inside the head', 'HTTP/1.1 200 OK\r\nContent-Le'],
      ['answers with a status that HTTP does not know', 'HTTP/1.1 099 Odd\r\nContent-Length: 0\r\n\r\n'],
      ['switches protocols that nobody asked for', 'HTTP/1.1 101 Switching Protocols\r\nConnection: upgrade\r\nUpgrade: x\r\n\r\n'],
    ])('the upstream %s', async (_what, bytes) => {
      const upstream = await openRawUpstream((socket) => {
        socket.once('data', () => socket.end(bytes));
      });
      const gateway = await openProxied(upstream.url, { door });
      await expectUpstreamError(gateway.send(), gateway.usage);
      expect(await gateway.send()).toMatchObject({ status: 502 });
    });

    test('after half an answer the connection is cut, and the record says why', async () => {
      const upstream = await openRawUpstream((socket) => {
        socket.once('data', () => {
          socket.write('HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf');
          setTimeout(() => socket.destroy(), 50);
        });
      });
      const gateway = await openProxied(upstream.url, { door });
      await expect(gateway.send()).rejects.toThrow();
      await gateway.usage.waitFor(1);
      expect(gateway.usage.records).toMatchObject([{ status: 502, outcome: 'UPSTREAM_ERROR', responseBytes: 4 }]);
    });
  });

  describe('504', PATIENT, () => {
    test('no answer within the time for headers, counted from the end of the body', async () => {
      const upstream = await openUpstream((req) => req.resume());
      const gateway = await openProxied(upstream.url, { door, headersTimeoutMs: 50 });
      for (const body of [undefined, 'x'.repeat(100_000)]) {
        expect(await gateway.send({ method: 'POST', body })).toMatchObject({ status: 504, body: { code: 'UPSTREAM_TIMEOUT' } });
      }
      expect(gateway.usage.records).toMatchObject(Array(2).fill({ status: 504, outcome: 'UPSTREAM_TIMEOUT' }));
    });

    test('no connection within its time, the TLS handshake included', async () => {
      const upstream = await openRawUpstream(() => {});
      const gateway = await openProxied(upstream.url.replace('http:', 'https:'), { connectTimeoutMs: 50 });
      expect(await gateway.send()).toMatchObject({ status: 504, body: { code: 'UPSTREAM_TIMEOUT' } });
    });

    test('an upstream that stops reading the body', async () => {
      const upstream = await openUpstream((req) => req.pause());
      const gateway = await openProxied(upstream.url, { door, idleTimeoutMs: 100 });
      const outgoing = request({
        port: gateway.port,
        method: 'PUT',
        path: '/api/big',
        headers: ['Authorization', `Bearer ${gateway.token}`, 'Host', 'x', 'Content-Length', String(64 * 1024 * 1024)],
      });
      outgoing.on('error', () => {});
      outgoing.write(Buffer.alloc(32 * 1024 * 1024));
      const [answer] = (await once(outgoing, 'response')) as [IncomingMessage];
      expect(answer.statusCode).toBe(504);
      outgoing.destroy();
    });

    test('an answer that stops is cut off', async () => {
      const upstream = await openUpstream((_req, res) => void res.write('half'));
      const gateway = await openProxied(upstream.url, { door, idleTimeoutMs: 50 });
      await expect(gateway.send()).rejects.toThrow();
      await gateway.usage.waitFor(1);
      expect(gateway.usage.records).toMatchObject([{ status: 504, outcome: 'UPSTREAM_TIMEOUT' }]);
    });
  });

  describe('a client', PATIENT, () => {
    test('that goes away takes the upstream’s request with it', async () => {
      const closed = Promise.withResolvers<void>();
      const arrived = Promise.withResolvers<void>();
      const upstream = await openUpstream((_req, res) => {
        res.on('close', closed.resolve);
        arrived.resolve();
      });
      const gateway = await openProxied(upstream.url, { door });
      const outgoing = request({
        port: gateway.port,
        path: '/api/slow',
        headers: ['Authorization', `Bearer ${gateway.token}`, 'Host', 'x'],
      });
      outgoing.on('error', () => {});
      outgoing.end();
      await arrived.promise;
      outgoing.destroy();
      await closed.promise;
      await gateway.usage.waitFor(1);
      expect(gateway.usage.records).toMatchObject([{ status: 499, outcome: 'CLIENT_CLOSED' }]);
    });

    test('that stops sending its body is cut off, as its own doing', async () => {
      const upstream = await openUpstream((req) => req.resume());
      const gateway = await openProxied(upstream.url, { door, idleTimeoutMs: 100 });
      const headers = ['Authorization', `Bearer ${gateway.token}`, 'Host', 'x', 'Content-Length', '100'];
      const outgoing = request({ port: gateway.port, method: 'POST', path: '/api/upload', headers });
      outgoing.write('half');
      await once(outgoing, 'error');
      await gateway.usage.waitFor(1);
      expect(gateway.usage.records).toMatchObject([{ status: 499, outcome: 'CLIENT_CLOSED' }]);
    });

    test('that gets its answer before its body was read goes on with the next request on the same connection', async () => {
      const upstream = await openUpstream((req, res) => {
        if (req.method === 'GET') res.end('next');
        else res.writeHead(413, { 'Content-Length': '0' }).end();
      });
      const gateway = await openProxied(upstream.url, { door });
      const socket = connect(gateway.port, '127.0.0.1').setEncoding('latin1');
      onTestFinished(() => void socket.destroy());
      const head = `HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${gateway.token}\r\n`;
      const answers = socket[Symbol.asyncIterator]();
      socket.write(`POST /api/upload ${head}Content-Length: 1000000\r\n\r\n`);
      expect((await answers.next()).value).toMatch(/^HTTP\/1\.1 413 /);
      socket.write(Buffer.alloc(1_000_000));
      socket.write(`GET /api/products ${head}\r\n`);
      expect((await answers.next()).value).toMatch(/^HTTP\/1\.1 200 /);
    });
  });

  describe('requests that follow on one connection', PATIENT, () => {
    test('come each with its own target, caller and fields', async () => {
      const { port, token, tokens } = await openEcho();
      const other = tokens.issue({ rateLimit: null, ownerType: 'team', ownerId: 'another', scopes: [] });
      const socket = connect(port, '127.0.0.1').setEncoding('latin1');
      onTestFinished(() => void socket.destroy());
      const answers = socket[Symbol.asyncIterator]();
      const ask = async (path: string, credential: string, more = ''): Promise<Echo> => {
        socket.write(`GET ${path} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${credential}\r\nAccept: a/b\r\n${more}\r\n`);
        return JSON.parse(String((await answers.next()).value).split('\r\n\r\n')[1] ?? '');
      };
      const first = await ask('/api/one', token);
      const second = await ask('/api/two?x', other);
      const third = await ask('/api/three', token, 'X-More: 1\r\n');
      expect([first, second, third].map(({ url }) => url)).toEqual(['/one', '/two?x', '/three']);
      expect(second.headers).toEqual({
        ...first.headers,
        'x-request-id': expect.any(String),
        'x-latchkey-token-id': '2',
        'x-latchkey-owner': 'team:another',
        'x-latchkey-scopes': undefined,
      });
      expect(second.headers['x-request-id']).not.toBe(first.headers['x-request-id']);
      expect(third.headers).toEqual({ ...first.headers, 'x-more': '1', 'x-request-id': expect.any(String) });
    });
  });

  describe('a connection that the upstream closed while it was idle', PATIENT, () => {
    /** Answers the first request of each connection, and cuts the connection when a second one comes. */
    async function openForgetful() {
      const seen: string[] = [];
      const upstream = await openRawUpstream((socket) => {
        let count = 0;
        socket.on('data', (bytes) => {
          seen.push(String(bytes).slice(0, 4).trim());
          count += 1;
          if (count === 1) socket.write('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok');
          else socket.destroy();
        });
      });
      return { gateway: await openProxied(upstream.url, { door }), seen };
    }

    test('is tried once more with another where repeating does no harm', async () => {
      const { gateway, seen } = await openForgetful();
      expect(await gateway.send()).toMatchObject({ status: 200 });
      await untilSettled();
      expect(await gateway.send()).toMatchObject({ status: 200, text: 'ok' });
      expect(seen).toHaveLength(3);
      expect(gateway.usage.records).toMatchObject([{ status: 200 }, { status: 200 }]);
    });

    test.each([['POST', undefined] as const, ['PUT', 'body'] as const])('is not tried again for %s', async (method, body) => {
      const { gateway, seen } = await openForgetful();
      await gateway.send();
      await untilSettled();
      expect(await gateway.send({ method, body })).toMatchObject({ status: 502 });
      expect(seen.filter((verb) => verb === method)).toHaveLength(1);
    });
  });

  describe('501: an upgrade', () => {
    test('is refused with a clear answer on record, and never reaches the upstream', async () => {
      const gateway = await openProxied('http://127.0.0.1:1', { door });
      const answer = await gateway.sendBytes('GET /api/live HTTP/1.1\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n');
      expect(answer).toMatch(/^HTTP\/1\.1 501 /);
      expect(answer).toContain('"code":"UPGRADE_NOT_SUPPORTED"');
      expect(gateway.usage.records).toMatchObject([{ status: 501, outcome: 'UPGRADE_NOT_SUPPORTED' }]);
    });

    test('to HTTP/2 is only an offer', async () => {
      const { echo } = await openEcho();
      const { headers } = await echo({ headers: ['Upgrade', 'h2c', 'Connection', 'Upgrade, HTTP2-Settings', 'HTTP2-Settings', 'x'] });
      expect(headers).not.toHaveProperty('upgrade');
    });
  });
});
