import { expect, it } from 'vitest';
import { isStorableJson } from './is-storable-json.ts';

const nested = (depth: number): unknown => JSON.parse(`${'['.repeat(depth)}1${']'.repeat(depth)}`);

it.each([{}, { a: [1, 'two', null, { b: true }] }, 'text', 0, null, nested(32)])('keeps %j', (value) => {
  expect(isStorableJson(value)).toBe(true);
});

it('refuses what the database can not hold, in values and in names', () => {
  for (const value of [{ a: 'x\0' }, { 'x\0': 1 }, ['\ud800'], { a: { b: '\udfff' } }]) expect(isStorableJson(value)).toBe(false);
  expect(isStorableJson({ a: '\\u0000' })).toBe(true);
});

it('refuses what is too long or too deep, without running out of stack', () => {
  expect(isStorableJson({ a: 'x'.repeat(16_384) })).toBe(false);
  expect(isStorableJson(nested(33))).toBe(false);
  expect(isStorableJson(nested(200_000))).toBe(false);
});
