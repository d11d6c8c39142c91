import { once } from 'node:events';
import { type IncomingMessage, type RequestListener, request, type ServerResponse } from 'node:http';
import { connect, type Socket } from 'node:net';
import { describe, expect, onTestFinished, test } from 'vitest';
import { DOORS } from './testing/doors.ts';
import { openProxied, openRawUpstream, openUpstream, untilSettled } from './testing/open-proxied.ts';

const PATIENT = { timeout: 60_000 };
const STOLEN = 'HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\nstolen';

type Misbehaviour = (socket: Socket, res: ServerResponse) => void;

const raw =
  (text: string): Misbehaviour =>
  (socket) =>
    socket.write(text, 'latin1');
const answerAnd =
  (then: (socket: Socket) => void): Misbehaviour =>
  (socket, res) =>
    res.end('good until here', () => then(socket));

/** A clean refusal in place of an answer that is none. */
const REFUSED = { status: 502, body: { code: 'UPSTREAM_ERROR' } };
/** Half an answer is out: the connection is cut. */
const CUT = 'cut';

const MISBEHAVIOURS: [what: string, misbehave: Misbehaviour, answer: object | typeof CUT][] = [
  ['a flood of informational answers', raw('HTTP/1.1 100 Continue\r\n\r\n'.repeat(10_000)), REFUSED],
  ['a megabyte of fields', raw(`HTTP/1.1 200 OK\r\n${`X-Field: ${'x'.repeat(1_000)}\r\n`.repeat(1_000)}\r\n`), REFUSED],
  ['a field of a megabyte', raw(`HTTP/1.1 200 OK\r\nX: ${'x'.repeat(1_000_000)}\r\n\r\n`), REFUSED],
  ['two lengths', raw('HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 40\r\n\r\nok'), REFUSED],
  ['a length and chunks', raw('HTTP/1.1 200 OK\r\nContent-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n'), REFUSED],
  ['a bad chunk size', raw('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n-2\r\nok\r\n0\r\n\r\n'), REFUSED],
  ['a bare LF', raw('HTTP/1.1 200 OK\nContent-Length: 2\n\nok'), REFUSED],
  ['a NUL in a field', raw('HTTP/1.1 200 OK\r\nX: a\0b\r\nContent-Length: 2\r\n\r\nok'), REFUSED],
  ['a folded field', raw('HTTP/1.1 200 OK\r\nX: a\r\n b\r\nContent-Length: 2\r\n\r\nok'), REFUSED],
  ['a reset before the answer', (socket) => socket.resetAndDestroy(), REFUSED],
  [
    'a reset in the middle',
    (socket) => socket.write('HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf', () => setTimeout(() => socket.resetAndDestroy(), 20)),
    CUT,
  ],
  [
    'chunks that go bad in the middle',
    (socket) =>
      socket.write('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n', () => setTimeout(() => socket.write('zz\r\n'), 20)),
    CUT,
  ],
  ['a length that is too long', (socket) => socket.end('HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf'), CUT],
  ['a length that is too short', raw(`HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok and more${STOLEN}`), { status: 200, text: 'ok' }],
  ['another answer behind its own', raw(`HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok${STOLEN}`), { status: 200, text: 'ok' }],
  [
    'another answer behind its own, in a packet of its own',
    answerAnd((socket) => socket.write(STOLEN)),
    { status: 200, text: 'good until here' },
  ],
  ['a body behind an answer that has none', raw('HTTP/1.1 204 No Content\r\n\r\nHTTP/1.1 200 OK\r\n\r\n'), { status: 204, text: '' }],
];

describe.each(DOORS)('through %s', (door) => {
  /** An upstream that answers with what it was asked, and misbehaves under one path. */
  async function openMisbehaving(misbehave: Misbehaviour) {
    const connections = new Set<Socket>();
    const upstream = await openUpstream((req, res) => {
      connections.add(req.socket);
      if (req.url === '/bad') misbehave(req.socket, res);
      else res.end(req.url);
    });
    const gateway = await openProxied(upstream.url, { door });
    const sendGood = async (count: number, name: string) => {
      const paths = Array.from({ length: count }, (_, index) => `/${name}/${index}`);
      const answers = await Promise.all(paths.map((path) => gateway.send({ path: `/api${path}` })));
      expect(answers.map(({ status, text }) => [status, text])).toEqual(paths.map((path) => [200, path]));
    };
    return { ...gateway, connections, sendGood, sendBad: () => gateway.send({ path: '/api/bad' }) };
  }

  describe.each(MISBEHAVIOURS)('%s', PATIENT, (_what, misbehave, answer) => {
    test('hurts only its own request', async () => {
      const { sendGood, sendBad } = await openMisbehaving(misbehave);
      await sendGood(8, 'before');
      const beside = sendGood(8, 'beside');
      if (answer === CUT) await expect(sendBad()).rejects.toThrow();
      else expect(await sendBad()).toMatchObject(answer);
      await sendGood(8, 'after');
      await beside;
    });
  });

  describe('a connection is not used again', PATIENT, () => {
    /** Sends one request, lets `disturb` do something to its connection, and sends another; answers how many connections there were. */
    async function connectionsOf(answer: RequestListener, disturb: (socket: Socket) => unknown): Promise<number> {
      const connections = new Set<Socket>();
      const upstream = await openUpstream((req, res) => {
        connections.add(req.socket);
        answer(req, res);
      });
      const gateway = await openProxied(upstream.url, { door });
      expect(await gateway.send({ path: '/api/first' })).toMatchObject({ status: 200 });
      await untilSettled();
      const [first] = connections;
      if (first) await disturb(first);
      // POST is not tried again on another connection: it tells whether a dead one was taken.
      expect(await gateway.send({ method: 'POST', path: '/api/second' })).toMatchObject({ status: 200, text: '/second' });
      return connections.size;
    }
    const answerPath: RequestListener = (req, res) => res.end(req.url);

    test('unless nothing happened to it', async () => {
      expect(await connectionsOf(answerPath, () => {})).toBe(1);
    });

    test('on which bytes came that nobody asked for', async () => {
      const disturb = (socket: Socket) => {
        socket.write(STOLEN);
        return once(socket, 'close');
      };
      expect(await connectionsOf(answerPath, disturb)).toBe(2);
    });

    test('that the upstream half closed', async () => {
      expect(await connectionsOf(answerPath, (socket) => once(socket.end(), 'close'))).toBe(2);
    });

    test('that was reset', async () => {
      expect(await connectionsOf(answerPath, (socket) => once(socket.resetAndDestroy(), 'close').then(untilSettled))).toBe(2);
    });

    test.each([
      ['says that it closes', { Connection: 'close' }],
      ['gives an idle connection no time', { 'Keep-Alive': 'timeout=1' }],
    ])('where the upstream %s', async (_what, headers) => {
      const answer: RequestListener = (req, res) => {
        // Written by hand: it stays open, whatever it says.
        const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
        req.socket.write(`HTTP/1.1 200 OK\r\n${lines.join('')}Content-Length: ${req.url?.length}\r\n\r\n${req.url}`);
        res.detachSocket(req.socket);
      };
      expect(await connectionsOf(answer, () => {})).toBe(2);
    });
  });

  describe('an early answer', PATIENT, () => {
    test('is passed on while the body is still on its way, and ends the upload', async () => {
      const closed = Promise.withResolvers<void>();
      let received = 0;
      const upstream = await openRawUpstream((socket) => {
        socket.once('data', () => socket.write('HTTP/1.1 413 Too Large\r\nContent-Length: 5\r\n\r\nlarge'));
        socket.on('data', (bytes) => {
          received += bytes.length;
        });
        socket.on('close', () => closed.resolve());
      });
      const gateway = await openProxied(upstream.url, { door });
      const headers = ['Authorization', `Bearer ${gateway.token}`, 'Host', 'x', 'Content-Length', '1000000'];
      const outgoing = request({ port: gateway.port, method: 'POST', path: '/api/upload', headers });
      outgoing.write('first');
      const [answer] = (await once(outgoing, 'response')) as [IncomingMessage];
      expect([answer.statusCode, await answer.setEncoding('utf8').reduce((all, text: string) => all + text, '')]).toEqual([413, 'large']);
      // The connection to the upstream ends: nobody could tell where its next request begins.
      await closed.promise;
      expect(received).toBeLessThan(10_000);
      outgoing.destroy();
    });

    test('that is itself a stream goes on while the body does', async () => {
      const upstream = await openUpstream((req, res) => {
        res.writeHead(200, { 'Content-Type': 'text/plain' });
        req.on('data', (bytes: Buffer) => res.write(bytes));
        req.on('end', () => res.end());
        res.flushHeaders();
      });
      const gateway = await openProxied(upstream.url, { door });
      const headers = ['Authorization', `Bearer ${gateway.token}`, 'Host', 'x', 'Transfer-Encoding', 'chunked'];
      const outgoing = request({ port: gateway.port, method: 'POST', path: '/api/echo', headers });
      outgoing.flushHeaders();
      const [answer] = (await once(outgoing, 'response')) as [IncomingMessage];
      const parts = answer[Symbol.asyncIterator]();
      for (const part of ['one', 'two', 'three']) {
        outgoing.write(part);
        expect(String((await parts.next()).value)).toBe(part);
      }
      outgoing.end();
      expect((await parts.next()).done).toBe(true);
    });
  });

  describe('time and place', PATIENT, () => {
    test('a head that comes drop by drop is not waited for longer than any other', async () => {
      const upstream = await openRawUpstream((socket) => {
        socket.write('HTTP/1.1 200 OK\r\n');
        const timer = setInterval(() => socket.write('X: y\r\n'), 10);
        socket.on('close', () => clearInterval(timer));
      });
      const gateway = await openProxied(upstream.url, { door, headersTimeoutMs: 200 });
      expect(await gateway.send()).toMatchObject({ status: 504, body: { code: 'UPSTREAM_TIMEOUT' } });
    });

    test('idle connections are bounded', async () => {
      const waiting: ServerResponse[] = [];
      const connections = new Set<Socket>();
      const all = Promise.withResolvers<void>();
      const upstream = await openUpstream((req, res) => {
        connections.add(req.socket);
        req.socket.on('close', () => connections.delete(req.socket));
        waiting.push(res);
        if (waiting.length === 300) all.resolve();
      });
      const gateway = await openProxied(upstream.url, { door });
      const answers = Array.from({ length: 300 }, () => gateway.send());
      await all.promise;
      expect(connections.size).toBe(300);
      for (const res of waiting) res.end();
      await Promise.all(answers);
      await expect.poll(() => connections.size).toBe(256);
    });

    test('an answer to a client that reads nothing is read no further, and the next on the connection is whole', async () => {
      const upstream = await openUpstream((_req, res) => res.end(Buffer.alloc(4_000_000, 'x')));
      const gateway = await openProxied(upstream.url, { door });
      for (let round = 0; round < 3; round += 1) {
        const outgoing = request({
          port: gateway.port,
          path: '/api/big',
          headers: ['Authorization', `Bearer ${gateway.token}`, 'Host', 'x'],
        });
        outgoing.end();
        const [answer] = (await once(outgoing, 'response')) as [IncomingMessage];
        let read = 0;
        for await (const part of answer) read += part.length;
        expect(read).toBe(4_000_000);
      }
    });
  });

  describe('Expect: 100-continue', PATIENT, () => {
    /** Sends a head that asks, and answers everything that comes until the connection closes. */
    function ask(port: number, token: string): Promise<string> {
      const socket = connect(port, '127.0.0.1').setEncoding('latin1');
      onTestFinished(() => void socket.destroy());
      const head = `POST /api/upload HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${token}\r\n`;
      socket.write(`${head}Expect: 100-continue\r\nContent-Length: 4\r\n\r\n`);
      return socket.reduce((all, text: string) => all + text, '');
    }

    test('is answered with a denial instead, and the connection ends', async () => {
      const gateway = await openProxied('http://127.0.0.1:1', { door });
      const answer = await ask(gateway.port, 'lk_live_unknown');
      expect(answer).toMatch(/^HTTP\/1\.1 401 /);
      expect(answer).toMatch(/\r\nConnection: close\r\n/i);
    });

    test('is answered with 502 where there is nobody to have the body', async () => {
      const gateway = await openProxied('http://127.0.0.1:1', { door });
      expect(await ask(gateway.port, gateway.token)).toMatch(/^HTTP\/1\.1 502 /);
      expect(gateway.usage.records).toMatchObject([{ status: 502, requestBytes: 0 }]);
    });

    test('is granted once, and the connection goes on', async () => {
      const upstream = await openUpstream((req, res) => {
        if (req.method === 'POST') req.resume().on('end', () => res.end('taken'));
        else res.end('next');
      });
      const gateway = await openProxied(upstream.url, { door });
      const socket = connect(gateway.port, '127.0.0.1').setEncoding('latin1');
      onTestFinished(() => void socket.destroy());
      const answers = socket[Symbol.asyncIterator]();
      const head = `HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${gateway.token}\r\n`;
      socket.write(`POST /api/upload ${head}Expect: 100-continue\r\nContent-Length: 4\r\n\r\n`);
      expect((await answers.next()).value).toBe('HTTP/1.1 100 Continue\r\n\r\n');
      socket.write('four');
      expect((await answers.next()).value).toMatch(/^HTTP\/1\.1 200 .*taken$/s);
      socket.write(`GET /api/products ${head}\r\n`);
      expect((await answers.next()).value).toMatch(/^HTTP\/1\.1 200 .*next$/s);
    });
  });
});
