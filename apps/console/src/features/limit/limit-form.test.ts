import { expect, it } from 'vitest';
import { sampleToken } from '../../testing/sample-token.ts';
import { DEFAULT_LIMIT, limitInput, limitSchema, limitValues } from './limit-form.ts';

const faults = (changes: object) =>
  (limitSchema.safeParse({ ...DEFAULT_LIMIT, ...changes }).error?.issues ?? []).map(({ path }) => path.join('.'));

it('a limit is read from a token, and written back as it was', () => {
  const token = sampleToken({ rateLimit: 30, rateLimitWindowMs: 900_000, rateLimitAlgorithm: 'sliding' });
  expect(limitValues(token)).toEqual({ enabled: true, max: 30, count: 15, unit: 'minute', algorithm: 'sliding' });
  expect(limitInput(limitValues(token))).toEqual({ rateLimit: 30, rateLimitWindowMs: 900_000, rateLimitAlgorithm: 'sliding' });
});

it.each([
  [{ max: '' }, 'max'],
  [{ max: 0 }, 'max'],
  [{ max: 1.5 }, 'max'],
  [{ count: '' }, 'count'],
  [{ count: 500, unit: 'millisecond' }, 'count'],
  [{ count: 32, unit: 'day' }, 'count'],
])('%j is refused at its field', (changes, field) => expect(faults(changes)).toContain(field));

it('what is within the bounds is taken', () => {
  expect(faults({})).toEqual([]);
  expect(faults({ count: 31, unit: 'day', max: 1_000_000_000 })).toEqual([]);
});
