import { createServer, type IncomingMessage, type OutgoingHttpHeaders, request, type ServerResponse } from 'node:http';
import { afterEach, describe, expect, it, onTestFinished } from 'vitest';
import type { Door } from '../testing/guard-cases.ts';
import { aGuardScene } from '../testing/guard-scene.ts';
import { listen } from '../testing/listen.ts';
import { bearer, send, sendBytes } from '../testing/send.ts';
import { createNodeGuard, type NodeGuardOptions, type ProtectedHandler } from './node.ts';

const OWN = ['X-Request-Id', 'X-RateLimit-Limit', 'X-RateLimit-Remaining', 'X-RateLimit-Reset', 'RateLimit-Policy', 'RateLimit'];
const doors: Door[] = [];
afterEach(async () => {
  for (const door of doors.splice(0)) await door.close();
});

type Before = (req: IncomingMessage, res: ServerResponse) => void;

async function start(handler: ProtectedHandler, options?: NodeGuardOptions, before: Before = () => {}) {
  const scene = aGuardScene();
  const protect = createNodeGuard(scene.guard, options).protect(handler);
  const server = createServer((req, res) => {
    before(req, res);
    void protect(req, res);
  });
  const door = await listen(server);
  doors.push(door);
  return { ...scene, url: door.url, headers: bearer(scene.tokens.issue()) };
}

describe('the guard’s headers', () => {
  const claims: OutgoingHttpHeaders = Object.fromEntries(OWN.map((name) => [name.toUpperCase(), 'mine']));
  const flat = Object.entries(claims).flat() as string[];
  const ways: Record<string, (res: ServerResponse) => void> = {
    nothing: (res) => res.end('ok'),
    setHeader: (res) => {
      for (const name of OWN) res.setHeader(name, 'mine');
      res.setHeader('X-Kept', 'yes').end('ok');
    },
    appendHeader: (res) => {
      for (const name of [...OWN, ...OWN]) res.appendHeader(name, 'mine');
      res.appendHeader('X-Kept', 'yes').end('ok');
    },
    setHeaders: (res) => res.setHeaders(new Headers({ 'ratelimit-policy': 'mine', 'x-kept': 'yes' })).end('ok'),
    'set and removed': (res) => {
      res.setHeader('X-Kept', 'yes').setHeader('X-Gone', 'no').removeHeader('X-Gone');
      res.removeHeader('X-RateLimit-Limit');
      res.end('ok');
    },
    'an object': (res) => res.writeHead(200, { ...claims, 'X-Kept': 'yes' }).end('ok'),
    'a list': (res) => res.writeHead(200, [...flat, 'X-Kept', 'yes']).end('ok'),
    pairs: (res) => res.writeHead(200, [...Object.entries(claims), ['X-Kept', 'yes']] as never).end('ok'),
    'an object and a reason': (res) => res.writeHead(200, 'Fine', { ...claims, 'X-Kept': 'yes' }).end('ok'),
    'single ones and an object': (res) => res.setHeader('X-Kept', 'yes').writeHead(200, claims).end('ok'),
    'single ones and a list': (res) =>
      res
        .setHeader('ratelimit', 'mine')
        .writeHead(200, [...flat, 'X-Kept', 'yes'])
        .end('ok'),
  };

  it.each(Object.keys(ways))('are on the answer once, and the handler’s of these names are not: %s', async (way) => {
    const { url, headers } = await start((_req, res) => ways[way]?.(res));
    const answer = await send(url, { headers });
    expect(answer.text).toBe('ok');
    const names = answer.rawHeaders.filter((_, index) => index % 2 === 0).map((name) => name.toLowerCase());
    for (const name of OWN) expect(names.filter((each) => each === name.toLowerCase())).toHaveLength(1);
    expect(answer.rawHeaders).not.toContain('mine');
    expect(answer.headers['x-ratelimit-remaining']).toBe('99');
    if (way !== 'nothing') expect(answer.headers['x-kept']).toBe('yes');
    expect(answer.headers).not.toHaveProperty('x-gone');
  });

  it('leave what the handler gave as it was', async () => {
    const given = { RateLimit: 'mine', 'Set-Cookie': ['a=1', 'b=2'] };
    const copy = structuredClone(given);
    const { url, headers } = await start((_req, res) => res.writeHead(200, given).end());
    for (const _ of [1, 2]) expect((await send(url, { headers })).headers['set-cookie']).toEqual(['a=1', 'b=2']);
    expect(given).toEqual(copy);
  });

  it('are there for whoever looks at the headers once they are sent, and not before', async () => {
    const seen: unknown[] = [];
    const { url, headers } = await start((_req, res) => {
      const look = () =>
        seen.push([
          res.getHeader('X-RateLimit-Limit'),
          res.getHeaders().ratelimit,
          res.getHeader('x-kept'),
          res.getHeader('ratelimit-none'),
        ]);
      res.setHeader('X-Kept', 'yes');
      look();
      res.end('ok');
      res.on('finish', look);
    });
    await send(url, { headers });
    expect(seen).toEqual([
      [undefined, undefined, 'yes', undefined],
      ['100', '"default";r=99;t=60', 'yes', undefined],
    ]);
  });

  it('carry an id that was chosen, unless it would break a head or a log', async () => {
    const ids = ['chosen-1', 'a\r\nX-Evil: 1', 'é', '', 'x'.repeat(129), 'two words'];
    const { url, headers, usage } = await start((_req, res) => res.end(), { createRequestId: () => ids[usage.records.length] ?? '' });
    for (const _ of ids) expect((await send(url, { headers })).headers).not.toHaveProperty('x-evil');
    const [first, ...others] = usage.records.map(({ requestId }) => requestId);
    expect(first).toBe('chosen-1');
    for (const id of others) expect(id).toMatch(/^[0-9a-z]{18}$/);
  });
});

describe('a body', () => {
  const everyByte = Buffer.from(Array.from({ length: 256 }, (_, byte) => byte));
  const bodies: Record<string, Buffer | Uint8Array | string> = {
    'every byte': everyByte,
    'as long as is joined': Buffer.alloc(4_096, everyByte),
    'longer than that': Buffer.alloc(4_097, everyByte),
    'no Buffer': new Uint8Array(everyByte),
    'part of a larger buffer': Buffer.concat([everyByte, everyByte]).subarray(100, 300),
    empty: Buffer.alloc(0),
    text: 'blå bær 😀',
  };
  const heads: Record<string, (res: ServerResponse, bytes: number) => void> = {
    'no head of its own': () => {},
    'a length': (res, bytes) => res.writeHead(200, { 'Content-Length': bytes }),
    chunks: (res) => res.writeHead(200, { 'Transfer-Encoding': 'chunked' }),
    'a head that was flushed': (res) => res.flushHeaders(),
    'a name that is not ASCII': (res) => res.setHeader('Content-Disposition', 'attachment; filename="blå"'),
  };

  describe.each(Object.keys(heads))('with %s', (head) => {
    it.each(Object.keys(bodies))('is whole, and counted: %s', async (kind) => {
      const body = bodies[kind] ?? '';
      const bytes = Buffer.from(body as Buffer);
      const { url, headers, usage } = await start((_req, res) => {
        heads[head]?.(res, bytes.length);
        res.end(body);
      });
      expect(await receive(url, headers)).toEqual(bytes);
      expect(usage.records).toMatchObject([{ responseBytes: bytes.length, status: 200 }]);
    });
  });

  it('of a HEAD request stays away, and its length is said', async () => {
    const { url, headers, usage } = await start((_req, res) => res.writeHead(200, { 'Content-Length': 256 }).end(everyByte));
    const answer = await send(url, { method: 'HEAD', headers });
    expect([answer.text, answer.headers['content-length']]).toEqual(['', '256']);
    expect(usage.records).toMatchObject([{ responseBytes: 0 }]);
  });

  it('is followed by its trailers', async () => {
    const { url, headers } = await start((_req, res) => {
      res.writeHead(200, { Trailer: 'X-Sum' });
      res.write('one');
      res.addTrailers({ 'X-Sum': '7' });
      res.end(Buffer.from('two'));
    });
    const raw = await sendBytes(url, `GET /api/x HTTP/1.1\r\nHost: x\r\nConnection: close\r\n${headers[0]}: ${headers[1]}\r\n\r\n`);
    expect(raw).toMatch(/one.*two\r\n0\r\nX-Sum: 7\r\n\r\n$/s);
  });

  it('ends with the callback that was given, wherever it stands', async () => {
    const called: string[] = [];
    const ends: ((res: ServerResponse) => void)[] = [
      (res) => res.end(() => called.push('alone')),
      (res) => res.end('x', () => called.push('second')),
      (res) => res.end('x', 'utf8', () => called.push('third')),
      (res) => res.end(Buffer.from('x'), () => called.push('buffer')),
      (res) => (res.end as (data: undefined, callback: () => void) => void)(undefined, () => called.push('behind nothing')),
    ];
    const { url, headers, usage } = await start((_req, res) => ends[usage.records.length]?.(res));
    for (const _ of ends) await send(url, { headers });
    expect(called).toEqual(['alone', 'second', 'third', 'buffer', 'behind nothing']);
  });
});

describe('what Node does not send', () => {
  const refused: Record<string, (res: ServerResponse) => void> = {
    'a number at the end': (res) => res.end(42),
    'an object at the end': (res) => res.end({ text: 'x' }),
    'a number in between': (res) => res.write(42),
    'nothing in between': (res) => res.write(null),
    'a status that is none': (res) => {
      res.statusCode = 7;
      res.end('x');
    },
    'a status that is no number': (res) => {
      res.statusCode = 'ENOENT' as never;
      res.end();
    },
  };

  it.each(Object.keys(refused))('is refused to the handler, which may answer something else: %s', async (way) => {
    const { url, headers, usage } = await start((_req, res) => {
      expect(() => refused[way]?.(res)).toThrow(/chunk|Invalid status code|null values/);
      res.writeHead(500).end('sorry');
    });
    expect(await send(url, { headers })).toMatchObject({ status: 500, text: 'sorry' });
    expect(usage.records).toMatchObject([{ status: 500, responseBytes: 5 }]);
  });

  it('and shows only when it goes out, breaks the connection instead of keeping the client waiting', async () => {
    const uncaught = Promise.withResolvers<unknown>();
    process.setUncaughtExceptionCaptureCallback(uncaught.resolve);
    onTestFinished(() => process.setUncaughtExceptionCaptureCallback(null));
    const { url, headers } = await start((_req, res) => res.end('x', 'none' as BufferEncoding));
    await expect(send(url, { headers })).rejects.toThrow('socket hang up');
    expect(await uncaught.promise).toMatchObject({ code: 'ERR_UNKNOWN_ENCODING' });
  });

  it.each([0, false, '', null])('and means nothing to Node, is none: %j', async (data) => {
    const { url, headers, usage } = await start((_req, res) => res.end(data));
    expect(await send(url, { headers })).toMatchObject({ status: 200, text: '' });
    expect(usage.records).toMatchObject([{ status: 200, responseBytes: 0 }]);
  });
});

describe('two guards on one answer', () => {
  const answers: Record<string, (res: ServerResponse) => void> = {
    'in one piece': (res) => res.end('one two'),
    'in chunks': (res) => {
      res.write('one ');
      res.end('two');
    },
    'of a declared length': (res) => {
      res.writeHead(200, { 'Content-Length': 7 }).flushHeaders();
      res.write('one two');
      res.end();
    },
  };

  it.each(Object.keys(answers))('each put it on record before it ends, and the later one speaks: %s', async (way) => {
    const outer = await start((req, res) => below(req, res));
    const inner = aGuardScene({ tokens: outer.tokens });
    const below = createNodeGuard(inner.guard).protect((_req, res) => answers[way]?.(res));
    const answer = await send(outer.url, { headers: outer.headers });
    expect(answer).toMatchObject({ status: 200, text: 'one two' });
    for (const { usage } of [outer, inner]) expect(usage.records).toMatchObject([{ status: 200, responseBytes: 7 }]);
    expect(answer.headers['x-request-id']).toBe(inner.usage.records[0]?.requestId);
    expect(answer.rawHeaders.filter((name) => name === 'X-Request-Id')).toHaveLength(1);
  });

  it('each record once that the client went away', async () => {
    const outer = await start((req, res) => below(req, res));
    const inner = aGuardScene({ tokens: outer.tokens });
    const below = createNodeGuard(inner.guard).protect((req) => req.socket.destroy());
    await expect(send(outer.url, { headers: outer.headers })).rejects.toThrow();
    for (const { usage } of [outer, inner]) {
      await usage.waitFor(1);
      expect(usage.records).toMatchObject([{ status: 499, outcome: 'CLIENT_CLOSED' }]);
    }
  });
});

it('who took the methods over before the guard is asked with what the handler gave', async () => {
  const seen: unknown[] = [];
  const { url, headers } = await start(
    (_req, res) => {
      res.write('a');
      res.end(Buffer.from('b'));
    },
    {},
    (_req, res) => {
      const { write, end } = res;
      res.write = (...args: unknown[]) => {
        seen.push(String(args[0]));
        return Reflect.apply(write, res, args);
      };
      res.end = (...args: unknown[]) => {
        seen.push(args[0]);
        return Reflect.apply(end, res, args);
      };
    },
  );
  expect((await send(url, { headers })).text).toBe('ab');
  expect(seen).toEqual(['a', Buffer.from('b')]);
});

/** The bytes of an answer's body. */
function receive(url: string, headers: readonly string[]): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const outgoing = request(`${url}/api/x`, { headers: ['Host', 'x', ...headers], agent: false }, (res) => {
      const chunks: Buffer[] = [];
      res.on('data', (chunk: Buffer) => chunks.push(chunk)).on('end', () => resolve(Buffer.concat(chunks)));
    });
    outgoing.on('error', reject).end();
  });
}
