import { once } from 'node:events';
import { createServer, type RequestListener, type ServerResponse } from 'node:http';
import { connect, type Socket } from 'node:net';
import { requestIds } from '@latchkey/bearer-auth/own-exchange';
import { type Answer, aGuardScene, bearer, type GuardScene, listen, send } from '@latchkey/bearer-auth/testing';
import { describe, expect, it, onTestFinished } from 'vitest';
import { createStrictServer, FRONT_TIMEOUTS, type FrontTimeouts } from '../../http/create-strict-server.ts';
import { createReverseProxy } from '../reverse-proxy.ts';
import { openProxied, openUpstream } from '../testing/open-proxied.ts';
import { createTrustedPeers } from '../trusted-peers.ts';
import { openLane } from './open-lane.ts';

interface LanedOptions {
  readonly timeouts?: Partial<FrontTimeouts>;
  readonly isFor?: (target: string) => boolean;
  readonly prepare?: (scene: GuardScene) => void;
}

/** A gateway of which only the lane leads to the upstream: what it hands over is answered with `Node read <method> <target> <body>`. */
async function open(upstreamListener: RequestListener, { timeouts, isFor = () => true, prepare }: LanedOptions = {}) {
  const upstream = await openUpstream(upstreamListener);
  const scene = aGuardScene();
  prepare?.(scene);
  const proxy = createReverseProxy({ upstream: new URL(upstream.url), trusted: createTrustedPeers([]), deny: () => {} });
  const handedOver: RequestListener = (req, res) => {
    let body = '';
    req.setEncoding('latin1').on('data', (part: string) => {
      body += part;
    });
    req.on('end', () => res.end(`Node read ${req.method} ${req.url} ${body}.`));
  };
  const server = createStrictServer({ listener: handedOver, continueListener: handedOver });
  const defects: unknown[] = [];
  const parts = {
    guard: scene.guard,
    proxy,
    mount: '/api',
    createRequestId: requestIds(undefined),
    clientAddress: () => '192.0.2.1',
    isSecure: () => false,
  };
  const lane = openLane(server, { parts, isFor, onDefect: (error) => defects.push(error), timeouts: { ...FRONT_TIMEOUTS, ...timeouts } });
  const door = await listen(server);
  onTestFinished(async () => {
    lane.closeAll();
    await door.close();
    proxy.close();
    await scene.guard.close();
  });
  const text = scene.tokens.issue({ rateLimit: null });
  const ask = (path: string, fields = '', method = 'GET') =>
    `${method} ${path} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${text}\r\n${fields}\r\n`;
  return { ...scene, url: door.url, lane, defects, text, ask, connect: () => join(door.url) };
}

function join(url: string): Socket & { text(): string; until(pattern: RegExp): Promise<string> } {
  const socket = connect(Number(new URL(url).port), '127.0.0.1').setEncoding('latin1');
  let received = '';
  socket.on('error', () => undefined);
  socket.on('data', (part: string) => {
    received += part;
  });
  onTestFinished(() => void socket.destroy());
  return Object.assign(socket, {
    text: () => received,
    async until(pattern: RegExp) {
      while (!pattern.test(received)) await once(socket, 'data');
      return received;
    },
  });
}

const echo: RequestListener = (req, res) => {
  let body = '';
  req.setEncoding('latin1').on('data', (part: string) => {
    body += part;
  });
  req.on('end', () => res.end(`upstream ${req.method} ${req.url} ${body}.`));
};

const bodies = (received: string): string[] => received.match(/(?:upstream|Node read) [A-Z]+ \S+ \w*(?=\.)/g) ?? [];

describe('requests on one connection', () => {
  it('are answered in their order, however many come at once, and nobody but the lane sees those that are plain', async () => {
    const { connect: open1, ask, usage } = await open(echo);
    const client = open1();
    client.write(`${ask('/api/a')}${ask('/api/b', 'Content-Length: 3\r\n', 'POST')}xyz${ask('/api/c', 'Connection: close\r\n')}`);
    await once(client, 'close');
    expect(bodies(client.text())).toEqual(['upstream GET /a ', 'upstream POST /b xyz', 'upstream GET /c ']);
    expect(usage.records.map(({ path, requestBytes }) => [path, requestBytes])).toEqual([
      ['/a', 0],
      ['/b', 3],
      ['/c', 0],
    ]);
  });

  it('go on with Node from the first that is not plain, with all that follows it', async () => {
    const { connect: open1, ask } = await open(echo);
    const client = open1();
    const chunked = `${ask('/api/b', 'Transfer-Encoding: chunked\r\n', 'POST')}2\r\nhi\r\n0\r\n\r\n`;
    client.write(ask('/api/a') + chunked + ask('/api/c', 'Connection: close\r\n'));
    await once(client, 'close');
    expect(bodies(client.text())).toEqual(['upstream GET /a ', 'Node read POST /api/b hi', 'Node read GET /api/c ']);
  });

  it('end with the one that says so: what follows it is nobody’s', async () => {
    const { connect: open1, ask, usage } = await open(echo);
    const client = open1();
    client.write(ask('/api/a', 'Connection: close\r\n') + ask('/api/b'));
    await once(client, 'close');
    expect(bodies(client.text())).toEqual(['upstream GET /a ']);
    expect(usage.records).toHaveLength(1);
  });

  it('for anything but the public API go on with Node', async () => {
    const { connect: open1, ask } = await open(echo, { isFor: (target) => target.startsWith('/api/') });
    const client = open1();
    client.write(ask('/api/a') + ask('/trpc/b') + ask('/api/c', 'Connection: close\r\n'));
    await once(client, 'close');
    expect(bodies(client.text())).toEqual(['upstream GET /a ', 'Node read GET /trpc/b ', 'Node read GET /api/c ']);
  });

  it('cut anywhere are served all the same', async () => {
    const { connect: open1, ask } = await open(echo);
    const whole = ask('/api/a') + ask('/api/b', 'Content-Length: 1\r\nConnection: close\r\n', 'PUT').concat('x');
    for (let at = 1; at < whole.length; at += 3) {
      const client = open1();
      client.setNoDelay(true).write(whole.slice(0, at));
      await new Promise((resolve) => setTimeout(resolve, 2));
      client.write(whole.slice(at));
      await once(client, 'close');
      expect(bodies(client.text()).map((body) => body.replace('Node read', 'upstream').replace('/api/', '/'))).toEqual([
        'upstream GET /a ',
        'upstream PUT /b x',
      ]);
    }
  });

  it('sent ahead beyond all measure wait in the client', async () => {
    const { promise: asked, resolve } = Promise.withResolvers<ServerResponse>();
    const { connect: open1, ask } = await open((req, res) => (req.url === '/held' ? resolve(res) : res.end('x')));
    const client = open1();
    client.write(ask('/api/held'));
    const held = await asked;
    const flood = ask('/api/x', `X-Pad: ${'p'.repeat(4_000)}\r\n`).repeat(4_000);
    const isTaken = client.write(flood);
    expect(isTaken).toBe(false);
    const drained = once(client, 'drain').then(() => 'drained');
    expect(await Promise.race([drained, new Promise((done) => setTimeout(done, 200, 'waiting'))])).toBe('waiting');
    held.end('y');
    await drained;
  });
});

describe('a client that asks and asks, and reads nothing', () => {
  it('waits, until it reads', async () => {
    const { connect: open1, ask, usage } = await open((_req, res) => res.end('x'.repeat(50_000)));
    const client = open1();
    client.pause();
    const isTaken = client.write(ask('/api/x').repeat(40_000));
    expect(isTaken).toBe(false);
    let served = -1;
    while (served !== usage.records.length && served < 2_000) {
      served = usage.records.length;
      await new Promise((resolve) => setTimeout(resolve, 500));
    }
    expect(served).toBeLessThan(2_000);
    client.removeAllListeners('data').resume();
    await usage.waitFor(served + 100);
  });
});

describe('an answer', () => {
  const upstreamOf: RequestListener = (req, res) => {
    if (req.url === '/chunks') res.write('one ', () => res.end('two'));
    else if (req.url === '/length') res.writeHead(201, { 'Content-Length': 5, ETag: '"1"', 'X-RateLimit-Limit': '9' }).end('whole');
    else if (req.url === '/empty') res.writeHead(204).end();
    else if (req.url === '/cookies')
      res.writeHead(200, { 'Set-Cookie': ['a=1', 'latchkey.session_token=x'], Connection: 'X-Drop', 'X-Drop': '1' }).end();
    else res.writeHead(418, 'Own words', { 'Content-Length': 0 }).end();
  };
  const shape = ({ status, rawHeaders, text }: Answer) => ({
    status,
    text: text.replace(/"request_id":"\w+"/, ''),
    names: rawHeaders
      .flatMap((name, index) => (index % 2 === 0 ? [[name, /^(date|x-request-id)$/i.test(name) ? '' : rawHeaders[index + 1]]] : []))
      .toSorted((one, other) => String(one).localeCompare(String(other))),
  });

  it.each([
    ['GET', '/chunks'],
    ['GET', '/length'],
    ['HEAD', '/length'],
    ['GET', '/empty'],
    ['GET', '/cookies'],
    ['GET', '/else'],
    ['GET', '/%2e%2e/x'],
    ['HEAD', '/%2e%2e/x'],
  ])('to %s %s is what Node’s server would write', async (method, path) => {
    const { url, text } = await open(upstreamOf);
    const plain = await send(url, { method, path: `/api${path}`, headers: bearer(text) });
    const node = await openThroughNode(upstreamOf);
    const other = await send(node.url, { method, path: `/api${path}`, headers: bearer(node.text) });
    expect(shape(plain)).toEqual(shape(other));
  });

  async function openThroughNode(listener: RequestListener) {
    const upstream = await openUpstream(listener);
    const { url, token } = await openProxied(upstream.url, {});
    return { url, text: token };
  }

  it('waits for its record; without one the connection ends in place of it', async () => {
    const { connect: open1, ask, usage } = await open((_req, res) => res.writeHead(200, { 'Content-Length': 5 }).end('whole'));
    const client = open1();
    usage.isHolding = true;
    client.write(ask('/api/x'));
    await usage.waitFor(1);
    expect(client.text()).toBe('');
    usage.failure = new Error('The disk is full.');
    usage.confirm();
    await once(client, 'close');
    expect(client.text()).toBe('');
  });

  it('of unknown length keeps back its end, and of a known one its last piece', async () => {
    const { promise: asked, resolve } = Promise.withResolvers<ServerResponse>();
    const {
      connect: open1,
      ask,
      usage,
    } = await open((_req, res) => {
      res.write('begin');
      resolve(res);
    });
    const client = open1();
    usage.isHolding = true;
    client.write(ask('/api/x'));
    await client.until(/begin\r\n$/);
    (await asked).end();
    await usage.waitFor(1);
    expect(client.text()).not.toMatch(/0\r\n\r\n$/);
    usage.confirm();
    await client.until(/begin\r\n0\r\n\r\n$/);
  });

  it('is read no faster than the client takes it', async () => {
    let produced = 0;
    const {
      connect: open1,
      ask,
      usage,
    } = await open((_req, res) => {
      const more = () => {
        while (produced < 64_000_000) {
          produced += 65_536;
          if (!res.write(Buffer.alloc(65_536, 'x'))) return void res.once('drain', more);
        }
        res.end();
      };
      more();
    });
    const client = open1();
    client.pause();
    client.write(ask('/api/big', 'Connection: close\r\n'));
    await new Promise((resolve) => setTimeout(resolve, 300));
    expect(produced).toBeLessThan(32_000_000);
    client.removeAllListeners('data').resume();
    await once(client, 'close');
    expect(usage.records).toMatchObject([{ status: 200, responseBytes: produced }]);
  });
});

describe('a client', () => {
  it('that says nothing is told so after the time for heads, and one that has been answered may wait longer', async () => {
    const { connect: open1, ask } = await open(echo, { timeouts: { headersMs: 100, idleMs: 300, keepAliveMs: 200 } });
    const [silent, answered] = [open1(), open1()];
    answered.write(ask('/api/a'));
    await once(silent, 'close');
    expect(silent.text()).toMatch(/^HTTP\/1\.1 408 .*"code":"REQUEST_TIMEOUT"/s);
    expect(answered.destroyed).toBe(false);
    await once(answered, 'close');
    expect(bodies(answered.text())).toEqual(['upstream GET /a ']);
  });

  it('waits for the upstream as long as that takes', async () => {
    const { connect: open1, ask } = await open((_req, res) => void setTimeout(() => res.end('late'), 1_500), {
      timeouts: { idleMs: 100, keepAliveMs: 0 },
    });
    const client = open1();
    client.write(ask('/api/slow'));
    await client.until(/late/);
  });

  it('that leaves before the verdict is on record, and the upstream hears nothing of it', async () => {
    let isAsked = false;
    const left = Promise.withResolvers<void>();
    const lookedUp = Promise.withResolvers<void>();
    const {
      connect: open1,
      ask,
      usage,
    } = await open(
      (_req, res) => {
        isAsked = true;
        res.end();
      },
      {
        prepare({ tokens }) {
          const find = tokens.findByDigest;
          tokens.findByDigest = async (candidates) => {
            lookedUp.resolve();
            await left.promise;
            return find(candidates);
          };
        },
      },
    );
    const client = open1();
    client.write(ask('/api/x'));
    await lookedUp.promise;
    client.destroy();
    await new Promise((resolve) => setTimeout(resolve, 50));
    left.resolve();
    await usage.waitFor(1);
    expect(usage.records).toMatchObject([{ status: 499, outcome: 'CLIENT_CLOSED' }]);
    expect(isAsked).toBe(false);
  });
});

describe('the end', () => {
  it('lets answers finish, says so in them, and closes who waits', async () => {
    const { promise: asked, resolve } = Promise.withResolvers<ServerResponse>();
    const { connect: open1, ask, lane } = await open((req, res) => (req.url === '/held' ? resolve(res) : res.end('done')));
    const [idle, busy] = [open1(), open1()];
    idle.write(ask('/api/a'));
    await idle.until(/done$/);
    busy.write(ask('/api/held'));
    const held = await asked;
    lane.announceEnd();
    idle.write(ask('/api/b'));
    await once(idle, 'close');
    expect(idle.text().match(/Connection: [\w-]+/g)).toEqual(['Connection: keep-alive', 'Connection: close']);
    lane.closeIdle();
    held.end('held');
    await once(busy, 'close');
    expect(busy.text()).toMatch(/Connection: close\r\n.*held$/s);
  });

  it('is not for connections that Node has', async () => {
    const { connect: open1, ask, lane } = await open(echo);
    const client = open1();
    client.write(ask('/api/a', 'Expect: nothing\r\n', 'GET'));
    client.write(`${ask('/api/b', 'Transfer-Encoding: chunked\r\n', 'POST')}2\r\n`);
    await new Promise((resolve) => setTimeout(resolve, 50));
    lane.closeIdle();
    lane.closeAll();
    client.write('hi\r\n0\r\n\r\n');
    await client.until(/Node read POST \/api\/b hi/);
  });

  it('closes a connection that was told nothing with the answer that it waits for', async () => {
    const { promise: asked, resolve } = Promise.withResolvers<ServerResponse>();
    const {
      connect: open1,
      ask,
      lane,
    } = await open((_req, res) => {
      res.writeHead(200, { 'Content-Length': 10 }).write('begun');
      resolve(res);
    });
    const client = open1();
    client.write(ask('/api/x'));
    const begun = await asked;
    await client.until(/begun$/);
    lane.announceEnd();
    lane.closeIdle();
    begun.end(' done');
    await once(client, 'close');
    expect(client.text()).toMatch(/begun done$/);
  });
});

it('what is thrown ends its own connection and no other', async () => {
  const {
    connect: open1,
    ask,
    defects,
  } = await open(echo, {
    prepare({ guard }) {
      const { check } = guard;
      Object.assign(guard, {
        check(...given: Parameters<typeof check>) {
          if (given[0].target === '/defect') throw new Error('a defect');
          return check(...given);
        },
      });
    },
  });
  const [good, bad] = [open1(), open1()];
  good.write(ask('/api/a'));
  await good.until(/upstream GET \/a/);
  bad.write(ask('/api/defect'));
  await once(bad, 'close');
  good.write(ask('/api/b'));
  await good.until(/upstream GET \/b/);
  expect(defects).toMatchObject([{ message: 'a defect' }]);
});

it('can not be put before a server that somebody else is before', () => {
  const server = createServer();
  server.on('connection', () => {});
  expect(() => openLane(server, { parts: {} as never, isFor: () => true, onDefect: () => {} })).toThrow('already');
});
