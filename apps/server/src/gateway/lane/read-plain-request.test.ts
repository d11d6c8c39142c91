import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import { anyBrokenRequest } from '../../testing/fuzz/arbitrary-request.ts';
import { readPlainRequest } from './read-plain-request.ts';
import { nodeServerReads } from './testing/node-server-reads.ts';

const HOST = 'Host: api.test\r\n';
const get = (fields = '', line = 'GET /api/x HTTP/1.1'): string => `${line}\r\n${HOST}${fields}\r\n`;
const read = (text: string) => readPlainRequest(text, null);

describe('a plain request', () => {
  it('is read with its fields as they were spelt', () => {
    expect(read(get('X-A:  b c\t\r\nx-Empty:\r\nUser-Agent: me\r\n', 'DELETE /api/x?y=%20# HTTP/1.1'))).toMatchObject({
      method: 'DELETE',
      target: '/api/x?y=%20#',
      body: '',
      fields: {
        rawHeaders: ['Host', 'api.test', 'X-A', 'b c', 'x-Empty', '', 'User-Agent', 'me'],
        headers: { host: 'api.test', 'user-agent': 'me', cookie: undefined },
        isLast: false,
      },
    });
  });

  it('has the body that it declares, and leaves what follows', () => {
    const text = `${get('Content-Length: 5\r\n', 'POST /api/x HTTP/1.1')}h\xe9\0l\nGET /next`;
    expect(read(text)).toMatchObject({ body: 'h\xe9\0l\n', length: text.length - 'GET /next'.length });
  });

  it.each(['keep-alive', 'Keep-Alive', 'close', 'Close'])('may say Connection: %s', (value) => {
    expect(read(get(`Connection: ${value}\r\n`))?.fields.isLast).toBe(value.toLowerCase() === 'close');
  });

  it('that says what the last one said is not read again', () => {
    const known = read(get('X-A: b\r\n'))?.fields ?? null;
    expect(readPlainRequest(get('X-A: b\r\n', 'HEAD /api/z HTTP/1.1'), known)?.fields).toBe(known);
    expect(readPlainRequest(get('X-A: c\r\n'), known)?.fields.rawHeaders).toEqual(['Host', 'api.test', 'X-A', 'c']);
  });
});

describe('left to Node’s parser is', () => {
  test.each([
    ['a head that is not whole', `GET /api/x HTTP/1.1\r\n${HOST}`],
    ['a body that is not whole', get('Content-Length: 5\r\n').concat('four')],
    ['nothing', ''],
    ['a line before the request', `\r\n${get()}`],
    ['another version', get('', 'GET /api/x HTTP/1.0')],
    ['a rare method', get('', 'TRACE /api/x HTTP/1.1')],
    ['a method in lower case', get('', 'get /api/x HTTP/1.1')],
    ['a whole URL', get('', 'GET http://api.test/x HTTP/1.1')],
    ['a target with a blank', get('', 'GET /api/x y HTTP/1.1')],
    ['a target beyond ASCII', get('', 'GET /api/\xe9 HTTP/1.1')],
    ['two blanks', get('', 'GET  /api/x HTTP/1.1')],
    ['no Host', 'GET /api/x HTTP/1.1\r\n\r\n'],
    ['no field at all', 'GET /api/x HTTP/1.1\r\n\r\n\r\n'],
    ['two Hosts', get(HOST)],
    ['a Host that is none', 'GET /api/x HTTP/1.1\r\nHost: a/b\r\n\r\n'],
    ['a field twice', get('X-A: 1\r\nx-a: 2\r\n')],
    ['a folded field', get('X-A: 1\r\n 2\r\n')],
    ['a blank before the colon', get('X-A : 1\r\n')],
    ['no colon', get('X-A\r\n')],
    ['an empty name', get(': 1\r\n')],
    ['a CR alone', get('X-A: 1\r2\r\n')],
    ['an LF alone', get('X-A: 1\nX-B: 2\r\n')],
    ['a NUL', get('X-A: \0\r\n')],
    ['a DEL', get('X-A: \x7f\r\n')],
    ['a body in chunks', get('Transfer-Encoding: chunked\r\n').concat('0\r\n\r\n')],
    ['a length that is none', get('Content-Length: +1\r\n').concat('x')],
    ['a length of many digits', get('Content-Length: 0000000\r\n')],
    ['a body to be asked for', get('Expect: 100-continue\r\nContent-Length: 1\r\n').concat('x')],
    ['an upgrade', get('Upgrade: h2c\r\n')],
    ['a field that the connection names', get('Connection: X-A\r\nX-A: 1\r\n')],
    ['more fields than anybody has', get(Array.from({ length: 48 }, (_, index) => `X-${index}: 1\r\n`).join(''))],
  ])('%s', (_what, text) => {
    expect(read(text)).toBeNull();
  });
});

const unit = (from: number, to: number) => fc.integer({ min: from, max: to }).map((code) => String.fromCharCode(code));
const anyTarget = fc.string({ unit: unit(0x21, 0x7e), maxLength: 40 }).map((rest) => `/${rest}`);
const anyName = fc.string({
  unit: fc.oneof({ weight: 9, arbitrary: fc.constantFrom(...'abcXYZ019!#$%&*+-.^_`|~') }, unit(0x21, 0xff)),
  minLength: 1,
  maxLength: 12,
});
const anyValue = fc.string({ unit: fc.oneof(unit(0x20, 0x7e), unit(0x80, 0xff), fc.constantFrom('\t', ' ')), maxLength: 30 });
const anyField = fc.oneof(
  fc.constantFrom('X-A: 1', 'X-B:', 'Content-Length: 3', 'Connection: close', 'connection: Keep-Alive', 'Te: trailers', 'X-A: 2', ' x'),
  fc.tuple(anyName, fc.constantFrom(':', ': ', ':\t', ' :'), anyValue).map((parts) => parts.join('')),
);

/** Plain requests, and what becomes of them and others when a few of their bytes are changed. */
const anyRequest = fc.oneof(
  anyBrokenRequest({ good: `lk_live_${'g'.repeat(42)}`, shape: `lk_live_${'0'.repeat(42)}` }),
  fc
    .tuple(
      fc.constantFrom('GET', 'POST', 'PUT', 'PATCH', 'HEAD', 'get', 'GET '),
      fc.oneof(fc.constantFrom('/', '/api/x?y', '*', '/\t', '/#'), anyTarget),
      fc.array(anyField, { maxLength: 6 }),
      fc.constantFrom('', 'abc', 'abcGET / HTTP/1.1\r\n\r\n'),
    )
    .map(
      ([method, target, fields, rest]) =>
        `${method} ${target} HTTP/1.1\r\n${HOST}${fields.map((field) => `${field}\r\n`).join('')}\r\n${rest}`,
    ),
);

it('whatever is read as plain, Node’s parser reads alike: one request, of the same bytes', async () => {
  let plain = 0;
  await fc.assert(
    fc.asyncProperty(anyRequest, async (text) => {
      const request = read(text);
      if (request === null) return;
      plain += 1;
      const { method, target: url, body, fields, length } = request;
      const own = { method, url, rawHeaders: fields.rawHeaders, body };
      expect(await nodeServerReads(text.slice(0, length))).toEqual([own]);
    }),
    { numRuns: 20_000, seed: 20_261_127 },
  );
  expect(plain).toBeGreaterThan(1_000);
}, 60_000);
