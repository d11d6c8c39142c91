import type { IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import { describe, expect, it } from 'vitest';
import { createRepeatedFields } from './repeated-fields.ts';

const GET = { method: 'GET', httpVersion: '1.1' };
const FIELDS = ['Host', 'api.test', 'Authorization', 'Bearer one', 'Accept', '*/*'];

function scene() {
  let writes = 0;
  const socket = {} as Socket;
  const write = createRepeatedFields((req) => {
    writes += 1;
    return req.rawHeaders.includes('\u0001') ? null : `${writes}`;
  });
  const send = (rawHeaders: string[], more: Partial<IncomingMessage> = {}) =>
    write({ ...GET, socket, headers: {}, rawHeaders, ...more } as unknown as IncomingMessage);
  return { send, writes: () => writes };
}

describe('what a connection says again', () => {
  it('is written once', () => {
    const { send } = scene();
    expect([send(FIELDS), send([...FIELDS]), send([...FIELDS])]).toEqual(['1', '1', '1']);
  });

  it('is written once with another credential, which is not passed on', () => {
    const { send } = scene();
    expect([send(FIELDS), send(FIELDS.with(3, 'Bearer two')), send(FIELDS.with(3, 'Bearer three'))]).toEqual(['1', '1', '1']);
  });
});

describe('what is written anew', () => {
  it.each([
    ['another value', FIELDS.with(5, 'text/html')],
    ['another name', FIELDS.with(4, 'Accept-Language')],
    ['another spelling', FIELDS.with(4, 'accept')],
    ['another order', [...FIELDS.slice(4), ...FIELDS.slice(0, 4)]],
    ['one field more', [...FIELDS, 'X-More', '1']],
    ['one field less', FIELDS.slice(0, 4)],
    ['a credential of another kind', FIELDS.with(2, 'X-Api-Key')],
    ['a credential that can not be written', FIELDS.with(3, 'Bearer \u0001')],
  ])('%s', (_, changed) => {
    const { send } = scene();
    send(FIELDS);
    expect(send(changed)).toBe('2');
  });

  it.each([
    ['another method', { method: 'POST' }],
    ['another version', { httpVersion: '1.0' }],
    ['another connection', { socket: {} as Socket }],
  ])('with %s', (_, more) => {
    const { send } = scene();
    send(FIELDS);
    expect(send(FIELDS, more)).toBe('2');
  });

  it.each([
    ['two credentials', [...FIELDS, 'X-Api-Key', 'two'], {}],
    ['no credential', ['Host', 'api.test'], {}],
    ['a body of a declared length', FIELDS, { headers: { 'content-length': '3' } }],
    ['a body in chunks', FIELDS, { headers: { 'transfer-encoding': 'chunked' } }],
    ['HTTP/1.0', FIELDS, { httpVersion: '1.0' }],
  ])('every time, with %s', (_, fields, more) => {
    const { send } = scene();
    expect([send(fields, more), send(fields, more)]).toEqual(['1', '2']);
  });
});

it('keeps nothing of what is too long', () => {
  let writes = 0;
  const write = createRepeatedFields(() => 'x'.repeat(2_000 + 40 * ++writes));
  const req = { ...GET, socket: {}, headers: {}, rawHeaders: FIELDS } as unknown as IncomingMessage;
  expect(
    [
      write(req),
      write({ ...req, rawHeaders: FIELDS.with(5, 'a') } as never),
      write({ ...req, rawHeaders: FIELDS.with(5, 'a') } as never),
    ].map((text) => text?.length),
  ).toEqual([2_040, 2_080, 2_120]);
});
