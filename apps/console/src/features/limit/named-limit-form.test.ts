import { expect, it } from 'vitest';
import { listRates, type NamedLimitRow, namedLimitInput, namedLimitRow, namedLimitSchema, namedLimitValues } from './named-limit-form.ts';

const row = (changes: Partial<NamedLimitRow>): NamedLimitRow => ({ ...namedLimitRow(), name: 'burst', ...changes });
const faults = (...limits: NamedLimitRow[]) =>
  (namedLimitSchema.safeParse({ limits }).error?.issues ?? []).map(({ path }) => path.join('.'));

it('named limits come from a token and go back to it', () => {
  const limits = [
    { name: 'burst', max: 10, windowMs: 1_000, algorithm: 'fixed' as const },
    { name: 'monthly', max: 100_000, windowMs: 30 * 86_400_000, algorithm: 'sliding' as const },
  ];
  expect(namedLimitInput(namedLimitValues({ limits }))).toEqual({ limits });
  expect(listRates(namedLimitValues({ limits }))).toEqual(['10/s', '100,000/30 d']);
});

it('each needs a name of its own that the headers do not use, a number and a window', () => {
  expect(faults(row({}), row({ name: 'daily' }))).toEqual([]);
  expect(faults(row({ name: '' }))).toEqual(['limits.0.name']);
  expect(faults(row({ name: 'default' }))).toEqual(['limits.0.name']);
  expect(faults(row({}), row({}))).toEqual(['limits.1.name']);
  expect(faults(row({ max: '' }))).toContain('limits.0.max');
  expect(faults(row({ count: 32, unit: 'day' }))).toEqual(['limits.0.count']);
});

it('unfinished ones are no rate yet', () =>
  expect(listRates({ limits: [row({ max: '' }), row({ max: 5, count: 2 })] })).toEqual(['5/2 s']));
