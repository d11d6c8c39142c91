import { describe, expect, it } from 'vitest';
import { parseAnswer } from './parse-answer.ts';

const parse = (text: string) => parseAnswer(Buffer.from(text, 'latin1'));
const WITH_LENGTH = 'HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 5\r\n\r\nhello';
const CHUNKED = 'HTTP/1.1 403 Forbidden\r\ntransfer-encoding: chunked\r\n\r\n3\r\nhel\r\nA\r\nlo, world.\r\n0\r\n\r\n';

describe('whole', () => {
  it('is an answer with a length, and one in chunks', () => {
    expect(parse(WITH_LENGTH)).toEqual({ kind: 'whole', status: 200, body: Buffer.from('hello') });
    expect(parse(CHUNKED)).toEqual({ kind: 'whole', status: 403, body: Buffer.from('hello, world.') });
    expect(parse('HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n')).toMatchObject({ kind: 'whole' });
  });
});

describe('partial', () => {
  it('is every beginning of one, cut anywhere', () => {
    for (const whole of [WITH_LENGTH, CHUNKED]) {
      for (let length = 0; length < whole.length; length += 1) expect(parse(whole.slice(0, length))).toEqual({ kind: 'partial' });
    }
  });
});

describe('broken', () => {
  it.each([
    ['a byte behind the end', `${WITH_LENGTH}H`],
    ['a byte behind the last chunk', `${CHUNKED}\n`],
    ['bytes of another protocol', 'SSH-2.0'],
    ['HTTP/1.0', 'HTTP/1.0 200 OK\r\nContent-Length: 0\r\n\r\n'],
    ['an interim answer', 'HTTP/1.1 100 Continue\r\n\r\n'],
    ['a status without a body', 'HTTP/1.1 204 No Content\r\nContent-Length: 0\r\n\r\n'],
    ['no length at all', 'HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n'],
    ['two lengths', 'HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 5\r\n\r\nhello'],
    ['a length and chunks', 'HTTP/1.1 200 OK\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n'],
    ['a length with a sign', 'HTTP/1.1 200 OK\r\nContent-Length: +5\r\n\r\nhello'],
    ['another coding', 'HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n'],
    ['a folded header', 'HTTP/1.1 200 OK\r\nX-A: b\r\n c\r\nContent-Length: 0\r\n\r\n'],
    ['a space before the colon', 'HTTP/1.1 200 OK\r\nContent-Length : 0\r\n\r\n'],
    ['a bare line feed', 'HTTP/1.1 200 OK\r\nX-A: b\nContent-Length: 0\r\n\r\n'],
    ['a bare carriage return', 'HTTP/1.1 200 OK\r\nX-A: b\rContent-Length: 0\r\n\r\n'],
    ['a NUL', 'HTTP/1.1 200 OK\r\nX-A: b\0\r\nContent-Length: 0\r\n\r\n'],
    ['a chunk longer than its size', 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nhello\r\n0\r\n\r\n'],
    ['a chunk size that is none', 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0x3\r\nhel\r\n0\r\n\r\n'],
    ['a head that never ends', `HTTP/1.1 200 OK\r\nX-A: ${'a'.repeat(70_000)}`],
  ])('is %s', (_name, text) => {
    expect(parse(text)).toMatchObject({ kind: 'broken' });
  });
});
