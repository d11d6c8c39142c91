import { describe, expect, it } from 'vitest';
import { readCredential } from './credential.ts';

describe('a bearer credential', () => {
  it.each(['Bearer aaa.bbb.ccc', 'bearer aaa.bbb.ccc', 'BEARER   aaa.bbb.ccc', 'Bearer aaa.bbb. '])(
    'is a JWT by its three parts: %j',
    (field) => {
      expect(readCredential(field, false)).toMatchObject({ kind: 'jwt' });
    },
  );

  it.each([
    'Bearer lk_live_0123456789abcdefghijklmnopqrstuvwxyz012345',
    'Bearer',
    'Bearer ',
    'Bearer aaa.bbb',
    'Bearer aaa.bbb.ccc.ddd',
    'Bearer a a.b.c',
    'Bearer aaa.bbb.ccc, Bearer aaa.bbb.ccc',
    'Bearer a.b.c\u00e9',
    `Bearer ${'a'.repeat(5_000)}.b.c`,
  ])('is refused otherwise, also beside a session: %j', (field) => {
    expect(readCredential(field, true)).toEqual({ kind: 'foreign' });
  });
});

it('another scheme leaves the session to speak', () => {
  expect(readCredential('Basic YTpi', true)).toEqual({ kind: 'session' });
  expect(readCredential('Bearerx a.b.c', true)).toEqual({ kind: 'session' });
  expect(readCredential('Basic YTpi', false)).toEqual({ kind: 'none' });
});

it('no credential is none', () => {
  expect(readCredential(null, false)).toEqual({ kind: 'none' });
  expect(readCredential(null, true)).toEqual({ kind: 'session' });
});
