import fc, { type Arbitrary } from 'fast-check';

export interface FuzzTokens {
  /** Is admitted. */
  readonly good: string;
  /** Has the shape of a token, and was issued by nobody. */
  readonly shape: string;
}

const BASE62 = fc.constantFrom(...'0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz');
/** What a header's value may have (RFC 9110 §5.5), and so gets as far as the guard. */
const valueUnit = fc
  .oneof(fc.integer({ min: 0x20, max: 0x7e }), fc.integer({ min: 0x80, max: 0xff }), fc.constant(9))
  .map((code) => String.fromCharCode(code));

/** Texts that are nearly a token, without a checksum that fits: nobody is to be asked about them. */
function anyWrongText({ good, shape }: FuzzTokens): Arbitrary<string> {
  const changed = fc.tuple(fc.constantFrom(good, shape), fc.nat(), BASE62).map(([text, at, letter]) => {
    const index = 8 + (at % (text.length - 8));
    return text.slice(0, index) + (text[index] === letter ? otherThan(letter) : letter) + text.slice(index + 1);
  });
  const cut = fc.tuple(fc.constantFrom(good, shape), fc.nat()).map(([text, at]) => text.slice(0, at % text.length));
  const longer = fc
    .tuple(fc.constantFrom(good, shape), fc.string({ unit: BASE62, minLength: 1, maxLength: 600 }))
    .map(([text, more]) => text + more);
  const random = fc.string({ unit: BASE62, minLength: 42, maxLength: 42 }).map((text) => `lk_live_${text}`);
  const wild = fc.string({ unit: valueUnit, maxLength: 700 });
  const swapped = fc.constantFrom(good, shape).map((text) => text.toUpperCase());
  const separated = fc
    .tuple(fc.constantFrom(',', ';', ' ', '\t', '"', '=', '%20', '\u00a0'), fc.boolean())
    .map(([mark, isFirst]) => (isFirst ? mark + good : good + mark + good));
  return fc.oneof(changed, cut, longer, random, wild, swapped, separated);
}

/** Values of `Authorization` that are malformed or strange. */
export function anyCredential(tokens: FuzzTokens): Arbitrary<string> {
  const scheme = fc.oneof(
    { weight: 6, arbitrary: fc.constantFrom('Bearer ', 'bearer ', 'BEARER  ', 'BeArEr   ') },
    {
      weight: 3,
      arbitrary: fc.constantFrom(
        '',
        'Bearer',
        'Bearer\t',
        'Bearer:',
        'Bearer=',
        'Bearer, ',
        'Bear ',
        'Bearers ',
        'Basic ',
        'Token ',
        'Digest ',
        '"Bearer" ',
        'Bearer Bearer ',
      ),
    },
    { weight: 1, arbitrary: fc.string({ unit: valueUnit, maxLength: 20 }) },
  );
  return fc.tuple(scheme, anyWrongText(tokens)).map(([before, text]) => before + text);
}

/** A request for a path that is served, with a value of `Authorization`. */
export function withCredential(value: string): string {
  return `GET /api/products HTTP/1.1\r\nHost: api.test\r\nAuthorization: ${value}\r\n\r\n`;
}

type Change = readonly [kind: number, at: number, length: number, bytes: string];

/** Requests that would be served or refused in good order, but for a few changes of their bytes. */
export function anyBrokenRequest({ good, shape }: FuzzTokens): Arbitrary<string> {
  const head = (method: string, token: string) =>
    `${method} /api/products/7?a=b%20c HTTP/1.1\r\nHost: api.test\r\nAuthorization: Bearer ${token}\r\nAccept: */*\r\n`;
  const whole = fc.constantFrom(
    ...[good, shape].flatMap((token) => [
      `${head('GET', token)}\r\n`,
      `${head('POST', token)}Content-Length: 11\r\nContent-Type: text/plain\r\n\r\nhello world`,
      `${head('PUT', token)}Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n6;x=y\r\n world\r\n0\r\n\r\n`,
      `${head('GET', token)}X-API-Key: ${shape}\r\nCookie: a=b\r\nConnection: keep-alive, x\r\nX: y\r\n\r\n`,
      `${head('DELETE', token)}\r\n${head('GET', token)}\r\n`,
    ]),
  );
  const byte = fc.integer({ min: 0, max: 255 }).map((code) => String.fromCharCode(code));
  const mark = fc.constantFrom(
    '\r\n',
    '\n',
    '\r',
    ' ',
    '\t',
    ':',
    ',',
    '\0',
    '/',
    '..',
    '%',
    '%2e',
    '\r\n\r\n',
    '0',
    'ffffffff',
    'HTTP/1.1',
    'Host: x\r\n',
    'chunked',
    ';',
    '"',
  );
  const bytes = fc.oneof(byte, mark, fc.string({ unit: byte, maxLength: 40 }));
  const change: Arbitrary<Change> = fc.tuple(fc.nat({ max: 3 }), fc.nat(), fc.nat({ max: 12 }), bytes);
  return fc.tuple(whole, fc.array(change, { minLength: 1, maxLength: 4 })).map(([text, changes]) => changes.reduce(applyChange, text));
}

/** Puts bytes in, puts them in place of others, leaves some out, or repeats some. */
function applyChange(text: string, [kind, at, length, bytes]: Change): string {
  const from = at % (text.length + 1);
  const to = Math.min(text.length, from + length);
  if (kind === 0) return text.slice(0, from) + bytes + text.slice(from);
  if (kind === 1) return text.slice(0, from) + bytes + text.slice(from + bytes.length);
  if (kind === 2) return text.slice(0, from) + text.slice(to);
  return text.slice(0, to) + text.slice(from);
}

function otherThan(letter: string): string {
  return letter === '0' ? '1' : '0';
}
