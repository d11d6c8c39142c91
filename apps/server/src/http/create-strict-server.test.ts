import { once } from 'node:events';
import type { RequestListener, Server } from 'node:http';
import { connect, type Socket } from 'node:net';
import { listen, sendBytes } from '@latchkey/bearer-auth/testing';
import { describe, expect, it, onTestFinished } from 'vitest';
import { createStrictServer, FRONT_TIMEOUTS, type FrontTimeouts } from './create-strict-server.ts';
import { BROKEN_REQUESTS, withPath } from './testing/broken-requests.ts';

const HOST = 'Host: x\r\n';
const PATIENT: FrontTimeouts = { headersMs: 60_000, idleMs: 60_000, keepAliveMs: 60_000 };

async function open(listener: RequestListener, timeouts: Partial<FrontTimeouts> = {}) {
  const served: string[] = [];
  const note: RequestListener = (req, res) => {
    served.push(`${req.method} ${req.url}`);
    listener(req, res);
  };
  const server = createStrictServer({ listener: note, continueListener: note, timeouts: { ...PATIENT, ...timeouts } });
  const { url, close } = await listen(server);
  onTestFinished(close);
  return { url, server, served };
}

/** Answers once the body is there. */
const answer: RequestListener = (req, res) => void req.resume().once('end', () => res.end('served'));

function join({ url }: { url: string }): Socket & { text(): string } {
  const socket = connect(Number(new URL(url).port), '127.0.0.1');
  let received = '';
  socket.on('error', () => undefined);
  socket.on('data', (part) => {
    received += part;
  });
  onTestFinished(() => void socket.destroy());
  return Object.assign(socket, { text: () => received });
}

describe('400 and the end of the connection', () => {
  it.each(BROKEN_REQUESTS)('for $name', async (broken) => {
    const door = await open(answer);
    const received = await sendBytes(door.url, withPath(broken, '/api/products', 'x'));
    const [head = '', body = ''] = received.split('\r\n\r\n');
    expect(head).toMatch(new RegExp(`^HTTP/1.1 ${broken.status} `));
    expect(head).toMatch(/\r\nConnection: close(\r\n|$)/);
    expect(head).toMatch(/\r\nCache-Control: no-store(\r\n|$)/);
    expect(JSON.parse(body)).toEqual({
      error: expect.any(String),
      code: broken.status === 431 ? 'HEADERS_TOO_LARGE' : 'INVALID_REQUEST',
      message: expect.any(String),
      request_id: expect.stringMatching(/^[\w-]{36}$/),
    });
    expect(received.match(/HTTP\/1\.1 \d/g)).toHaveLength(1);
  });

  it('a request that follows a refused one is not served, and one before it is', async () => {
    const { url, served } = await open(answer);
    const good = (path: string) => `GET ${path} HTTP/1.1\r\n${HOST}\r\n`;
    const received = await sendBytes(url, `${good('/first')}GET /twice HTTP/1.1\r\n${HOST}${HOST}\r\n${good('/smuggled')}`);
    expect(received.match(/HTTP\/1\.1 \d+/g)).toEqual(['HTTP/1.1 200', 'HTTP/1.1 400']);
    expect(served).toEqual(['GET /first']);
  });

  it('what is no request waits for the answer to the one before it', async () => {
    const { url } = await open((_req, res) => setImmediate(() => res.end('served')));
    const received = await sendBytes(url, `GET /first HTTP/1.1\r\n${HOST}\r\nnonsense\r\n\r\n`);
    expect(received).toMatch(/^HTTP\/1\.1 200 OK\r\n.*served.*HTTP\/1\.1 400 /s);
  });

  it('nothing is written into half an answer', async () => {
    const { url } = await open((req, res) => {
      res.writeHead(200, { 'Content-Length': 10 });
      res.write('half');
      req.resume().on('error', () => undefined);
    });
    const socket = join({ url });
    socket.write(`POST / HTTP/1.1\r\n${HOST}Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n`);
    await once(socket, 'data');
    socket.write('zz\r\n');
    await once(socket, 'close');
    expect(socket.text()).toMatch(/\r\n\r\nhalf$/);
  });

  it('an answer that came before its body went wrong stays the only one', async () => {
    const { url } = await open((_req, res) => res.end('early'));
    const socket = join({ url });
    socket.write(`POST / HTTP/1.1\r\n${HOST}Transfer-Encoding: chunked\r\n\r\n`);
    await once(socket, 'data');
    socket.write('zz\r\n');
    await once(socket, 'close');
    expect(socket.text().match(/HTTP\/1\.1 \d+/g)).toEqual(['HTTP/1.1 200']);
  });
});

describe('served', () => {
  it.each([
    ['HTTP/1.0 without a Host', 'GET / HTTP/1.0\r\n\r\n'],
    ['a port', 'GET / HTTP/1.1\r\nHost: a-b.test:8080\r\nConnection: close\r\n\r\n'],
    ['an address', 'GET / HTTP/1.1\r\nHost: [::1]:80\r\nConnection: close\r\n\r\n'],
    ['a name of a container', 'GET / HTTP/1.1\r\nHost: latchkey_1\r\nConnection: close\r\n\r\n'],
    ['empty lines first', '\r\n\r\nGET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n'],
    ['the asterisk', 'OPTIONS * HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n'],
    [
      'chunks in any case, with an extension',
      'POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: Chunked\r\nConnection: close\r\n\r\n3;a=b\r\nabc\r\n0\r\n\r\n',
    ],
    ['a value with a tab and beyond ASCII', 'GET / HTTP/1.1\r\nHost: a\r\nX: a\t\xe9\r\nConnection: close\r\n\r\n'],
  ])('%s', async (_name, bytes) => {
    const { url } = await open(answer);
    expect(await sendBytes(url, bytes)).toMatch(/^HTTP\/1\.1 200 OK\r\n.*\r\n\r\n.*served/s);
  });
});

describe('a client that has stopped', () => {
  it('in its head gets 408', async () => {
    const socket = join(await open(answer, { headersMs: 50 }));
    const drip = setInterval(() => socket.write('X: a\r\n'), 10);
    socket.write(`GET / HTTP/1.1\r\n${HOST}`);
    await once(socket, 'close');
    clearInterval(drip);
    expect(socket.text()).toMatch(/^HTTP\/1\.1 408 .*Connection: close.*"REQUEST_TIMEOUT"/s);
  });

  it('before its first byte is let go', async () => {
    const socket = join(await open(answer, { headersMs: 50 }));
    await once(socket, 'close');
  });

  it('in its body gets 408', async () => {
    const socket = join(await open(answer, { idleMs: 50 }));
    socket.write(`POST / HTTP/1.1\r\n${HOST}Content-Length: 10\r\n\r\nab`);
    await once(socket, 'close');
    expect(socket.text()).toMatch(/^HTTP\/1\.1 408 .*Connection: close.*"REQUEST_TIMEOUT"/s);
  });

  it('between requests is let go without a word', async () => {
    const socket = join(await open(answer, { keepAliveMs: 50 }));
    socket.write(`GET / HTTP/1.1\r\n${HOST}\r\n`);
    await once(socket, 'close');
    expect(socket.text().match(/HTTP\/1\.1 \d+/g)).toEqual(['HTTP/1.1 200']);
  });

  it('taking its answer is cut off', async () => {
    const { url, server } = await open((_req, res) => void res.end(Buffer.alloc(50 * 1024 * 1024)), { idleMs: 100 });
    const socket = join({ url });
    const closed = connectionClosed(server);
    socket.pause();
    socket.write(`GET / HTTP/1.1\r\n${HOST}\r\n`);
    await closed;
  });
});

describe('a client that is slow', () => {
  it('may take longer than the idle time for a body that keeps coming', async () => {
    const socket = join(await open(answer, { idleMs: 400 }));
    socket.write(`POST / HTTP/1.1\r\n${HOST}Content-Length: 30\r\nConnection: close\r\n\r\n`);
    let sent = 0;
    const drip = setInterval(() => {
      socket.write('a');
      sent += 1;
      if (sent === 30) clearInterval(drip);
    }, 20);
    await once(socket, 'close');
    expect(socket.text()).toMatch(/^HTTP\/1\.1 200 /);
  });

  it('may wait longer than the idle time for its answer, and for the next part of it', async () => {
    const { url } = await open(
      (_req, res) => {
        setTimeout(() => res.write('first'), 120);
        setTimeout(() => res.end('last'), 240);
      },
      { idleMs: 30 },
    );
    const socket = join({ url });
    socket.write(`GET / HTTP/1.1\r\n${HOST}Connection: close\r\n\r\n`);
    await once(socket, 'close');
    expect(socket.text()).toMatch(/first.*last/s);
  });

  it('may be kept from sending by whoever takes its body', async () => {
    const { url } = await open(
      (req, res) => {
        req.on('data', () => undefined);
        req.pause();
        setTimeout(() => req.resume().once('end', () => res.end('served')), 150);
      },
      { idleMs: 30 },
    );
    const socket = join({ url });
    socket.write(`POST / HTTP/1.1\r\n${HOST}Content-Length: 3\r\nConnection: close\r\n\r\n`);
    setTimeout(() => socket.write('abc'), 100);
    await once(socket, 'close');
    expect(socket.text()).toMatch(/^HTTP\/1\.1 200 /);
  });
});

it('the times are 10 s for a head, 30 s without a byte, 30 s between requests', () => {
  expect(FRONT_TIMEOUTS).toEqual({ headersMs: 10_000, idleMs: 30_000, keepAliveMs: 30_000 });
  const server = createStrictServer({ listener: answer, continueListener: answer });
  expect(server).toMatchObject({ headersTimeout: 10_000, timeout: 30_000, keepAliveTimeout: 30_000, requestTimeout: 0 });
});

async function connectionClosed(server: Server): Promise<void> {
  const [socket] = (await once(server, 'connection')) as [Socket];
  await once(socket, 'close');
}

it('a client that asks for a tunnel and resets its connection ends nothing but that', async () => {
  const { url, server } = await open(answer);
  for (let round = 0; round < 20; round += 1) {
    const accepted = once(server, 'connection');
    const client = join({ url });
    client.write(`CONNECT x:1 HTTP/1.1\r\n${HOST}\r\n`, () => client.resetAndDestroy());
    const [socket] = (await accepted) as [Socket];
    if (!socket.closed) await new Promise((resolve) => socket.once('close', resolve));
  }
  expect(await sendBytes(url, `GET /api/x HTTP/1.1\r\n${HOST}Connection: close\r\n\r\n`)).toMatch(/^HTTP\/1\.1 200 /);
});
