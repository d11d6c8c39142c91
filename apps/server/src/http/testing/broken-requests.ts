/** A request by hand, and what its answer says. */
export interface BrokenRequest {
  readonly name: string;
  /** Latin-1. `PATH` stands for the path, `AUTH` for the line with the credential. */
  readonly bytes: string;
  readonly status: 400 | 431;
  /** Whether the head is in order: what needs no body may be answered before the fault is seen. */
  readonly isInBody: boolean;
}

const HOST = 'Host: latchkey.test\r\n';
const HEAD = `HTTP/1.1\r\n${HOST}AUTH`;
const LONG = 'a'.repeat(20_000);

const head = (lines: string): string => `GET PATH ${HEAD}${lines}\r\n`;
const post = (lines: string, body = '', version = '1.1'): string => `POST PATH HTTP/${version}\r\n${HOST}AUTH${lines}\r\n${body}`;
const chunked = (body: string): string => post('Transfer-Encoding: chunked\r\n', body);

const HOSTS: Record<string, string> = {
  'no Host': 'GET PATH HTTP/1.1\r\nAUTH\r\n',
  'the same Host twice': head(HOST),
  'two Hosts': head('hOST: other.test\r\n'),
  'an empty Host': 'GET PATH HTTP/1.1\r\nHost:\r\nAUTH\r\n',
  'a Host with user information': 'GET PATH HTTP/1.1\r\nHost: a@b.test\r\nAUTH\r\n',
  'a Host with a path': 'GET PATH HTTP/1.1\r\nHost: a.test/b\r\nAUTH\r\n',
  'a Host with a blank': 'GET PATH HTTP/1.1\r\nHost: a b\r\nAUTH\r\n',
  'a list of Hosts': 'GET PATH HTTP/1.1\r\nHost: a.test, b.test\r\nAUTH\r\n',
  'a Host with an escape': 'GET PATH HTTP/1.1\r\nHost: a%2eb\r\nAUTH\r\n',
  'a Host with a port that is none': 'GET PATH HTTP/1.1\r\nHost: a.test:http\r\nAUTH\r\n',
  'a Host beyond ASCII': 'GET PATH HTTP/1.1\r\nHost: \xe9.test\r\nAUTH\r\n',
  'two Hosts in HTTP/1.0': `GET PATH HTTP/1.0\r\n${HOST}${HOST}AUTH\r\n`,
  'an address that is not closed': 'GET PATH HTTP/1.1\r\nHost: [::1\r\nAUTH\r\n',
};

const LENGTHS: Record<string, string> = {
  'length before encoding': post('Content-Length: 5\r\nTransfer-Encoding: chunked\r\n', '0\r\n\r\n'),
  'encoding before length': post('Transfer-Encoding: chunked\r\nContent-Length: 5\r\n', '0\r\n\r\n'),
  'an encoding in HTTP/1.0': post('Transfer-Encoding: chunked\r\n', '0\r\n\r\n', '1.0'),
  'two lengths': post('Content-Length: 3\r\nContent-Length: 4\r\n', 'abcd'),
  'the same length twice': post('Content-Length: 3\r\nContent-Length: 3\r\n', 'abc'),
  'a list of lengths': post('Content-Length: 3, 3\r\n', 'abc'),
  'a length with a sign': post('Content-Length: +3\r\n', 'abc'),
  'a negative length': post('Content-Length: -3\r\n', 'abc'),
  'a length in hexadecimal': post('Content-Length: 0x3\r\n', 'abc'),
  'an empty length': post('Content-Length:\r\n'),
  'a length beyond 64 bits': post(`Content-Length: ${'9'.repeat(30)}\r\n`),
  'an encoding other than chunked': post('Transfer-Encoding: gzip\r\n'),
  'an encoding before chunked': post('Transfer-Encoding: gzip, chunked\r\n', '0\r\n\r\n'),
  'an encoding after chunked': post('Transfer-Encoding: chunked, gzip\r\n', '0\r\n\r\n'),
  'chunked twice': post('Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n', '0\r\n\r\n'),
  'the identity encoding': post('Transfer-Encoding: identity\r\n'),
  'an encoding that ends like chunked': post('Transfer-Encoding: xchunked\r\n', '0\r\n\r\n'),
  'chunked in quotes': post('Transfer-Encoding: "chunked"\r\n', '0\r\n\r\n'),
  'an empty encoding': post('Transfer-Encoding:\r\n'),
  'an encoding after a vertical tab': post('Transfer-Encoding: \x0bchunked\r\n', '0\r\n\r\n'),
  'a blank before the colon of an encoding': post('Transfer-Encoding : chunked\r\n', '0\r\n\r\n'),
};

const CHUNKS: Record<string, string> = {
  'a chunk size that is no number': chunked('zz\r\nabc\r\n0\r\n\r\n'),
  'a negative chunk size': chunked('-3\r\nabc\r\n0\r\n\r\n'),
  'a chunk size with 0x': chunked('0x3\r\nabc\r\n0\r\n\r\n'),
  'a chunk size beyond 64 bits': chunked(`${'f'.repeat(17)}\r\nabc\r\n0\r\n\r\n`),
  'a blank after a chunk size': chunked('3 \r\nabc\r\n0\r\n\r\n'),
  'no chunk size': chunked('\r\nabc\r\n0\r\n\r\n'),
  'a chunk that is longer than its size': chunked('3\r\nabcd\r\n0\r\n\r\n'),
  'a bare LF after a chunk size': chunked('3\nabc\r\n0\r\n\r\n'),
  'a bare LF in a chunk extension': chunked('3;a\nb\r\nabc\r\n0\r\n\r\n'),
  'a control character in a trailer': chunked('0\r\nX: a\x01\r\n\r\n'),
};

const LINES: Record<string, string> = {
  'a folded line': head('X: a\r\n b\r\n'),
  'a line folded with a tab': head('X: a\r\n\tb\r\n'),
  'a first line that is folded': `GET PATH HTTP/1.1\r\n ${HOST}AUTH\r\n`,
  'a bare CR in a value': head('X: a\rb\r\n'),
  'a bare CR before a name': head('X: a\rY: b\r\n'),
  'a bare LF before a name': head('X: a\nY: b\r\n'),
  'bare LFs': 'GET PATH HTTP/1.1\nHost: a.test\n\n',
  'a bare LF after the request line': `GET PATH HTTP/1.1\n${HOST}AUTH\r\n`,
  'a bare LF at the end of the head': `GET PATH ${HEAD}\n`,
  'two CRs': `GET PATH HTTP/1.1\r\r\n${HOST}AUTH\r\n`,
  'a blank before a colon': head('X : a\r\n'),
  'a blank in a name': head('X Y: a\r\n'),
  'no name': head(': a\r\n'),
  'no colon': head('Xa\r\n'),
  'a control character in a name': head('X\x01: a\r\n'),
  'a name beyond ASCII': head('X\xe9: a\r\n'),
  'a control character in a value': head('X: a\x01b\r\n'),
  'NUL in a value': head('X: a\x00b\r\n'),
  'DEL in a value': head('X: a\x7fb\r\n'),
};

const REQUEST_LINES: Record<string, string> = {
  'an absolute target': `GET http://latchkey.testPATH ${HEAD}\r\n`,
  'an absolute target over TLS': `GET https://latchkey.testPATH ${HEAD}\r\n`,
  'a host and port as the target': `CONNECT latchkey.test:80 ${HEAD}\r\n`,
  'an asterisk for a method that has none': `GET * ${HEAD}\r\n`,
  'a target without a slash': `GET products ${HEAD}\r\n`,
  'HTTP/0.9': 'GET PATH\r\n\r\n',
  'HTTP/0.9 by its name': `GET PATH HTTP/0.9\r\n${HOST}AUTH\r\n`,
  'HTTP/1.2': `GET PATH HTTP/1.2\r\n${HOST}AUTH\r\n`,
  'HTTP/2.0': `GET PATH HTTP/2.0\r\n${HOST}AUTH\r\n`,
  'the preface of HTTP/2': 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n',
  'http in small letters': `GET PATH http/1.1\r\n${HOST}AUTH\r\n`,
  'a blank in the target': `GET PATH b ${HEAD}\r\n`,
  'a tab in the target': `GET PATH\tb ${HEAD}\r\n`,
  'NUL in the target': `GET PATH\x00 ${HEAD}\r\n`,
  'a control character in the target': `GET PATH\x01 ${HEAD}\r\n`,
  'DEL in the target': `GET PATH\x7f ${HEAD}\r\n`,
  'a target beyond ASCII': `GET PATH\xe9 ${HEAD}\r\n`,
  'a tab between method and target': `GET\tPATH ${HEAD}\r\n`,
  'a blank after the version': `GET PATH HTTP/1.1 \r\n${HOST}AUTH\r\n`,
  'a blank before the method': ` GET PATH ${HEAD}\r\n`,
  'a method in small letters': `get PATH ${HEAD}\r\n`,
  'a method that nobody knows': `FOO PATH ${HEAD}\r\n`,
  'a TLS handshake': '\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03',
};

const TOO_LARGE: Record<string, string> = {
  'a header of 20,000 characters': head(`X: ${LONG}\r\n`),
  'a target of 20,000 characters': `GET PATH${LONG} ${HEAD}\r\n`,
  '2,500 headers': head('a: b\r\n'.repeat(2_500)),
};

const BAD_HEADS = { ...HOSTS, ...LENGTHS, ...LINES, ...REQUEST_LINES };

/** What programs on the way read differently, or nobody should have to read (RFC 9112). */
export const BROKEN_REQUESTS: readonly BrokenRequest[] = [
  ...asRequests(BAD_HEADS, { status: 400, isInBody: false }),
  ...asRequests(CHUNKS, { status: 400, isInBody: true }),
  ...asRequests(TOO_LARGE, { status: 431, isInBody: false }),
];

function asRequests(cases: Readonly<Record<string, string>>, expected: Pick<BrokenRequest, 'status' | 'isInBody'>): BrokenRequest[] {
  return Object.entries(cases).map(([name, bytes]) => ({ name, bytes, ...expected }));
}

/** The request for a path, with a credential. */
export function withPath({ bytes }: BrokenRequest, path: string, token: string): string {
  return bytes.replaceAll('PATH', path).replaceAll('AUTH', `Authorization: Bearer ${token}\r\n`);
}
