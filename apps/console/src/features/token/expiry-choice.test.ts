import { expect, it } from 'vitest';
import { type ExpiryValue, resolveExpiry, toLocalInput } from './expiry-choice.ts';

const DAY = 86_400;
const now = new Date(2026, 10, 22, 10, 15, 42).getTime();
const presets = [
  { name: '30_days', label: '30 days', seconds: 30 * DAY },
  { name: 'no_expiration', label: 'Never', seconds: null },
];
const resolve = (value: Partial<ExpiryValue>, stored: string | null = null) =>
  resolveExpiry({ kind: 'preset', preset: '', custom: '', ...value }, presets, now, stored);

it('a preset counts its seconds from now, as the server does', () => expect(resolve({ preset: '30_days' })).toBe(now + 30 * DAY * 1_000));
it('never is null', () => expect(resolve({ preset: 'no_expiration' })).toBeNull());
it('a custom date is read in the viewer’s zone', () => {
  expect(resolve({ kind: 'custom', custom: '2027-02-20T23:59' })).toBe(new Date(2027, 1, 20, 23, 59).getTime());
});
it('keep is what is stored', () => {
  expect(resolve({ kind: 'keep' }, '2027-01-01T00:00:00.000Z')).toBe(Date.UTC(2027, 0, 1));
  expect(resolve({ kind: 'keep' })).toBeNull();
});
it.each(['', 'soon', '2027-02-20'])('an unfinished custom date (%j) is not an instant', (custom) => {
  expect(resolve({ kind: 'custom', custom })).toBeUndefined();
});
it('a preset that is not offered is no choice', () => expect(resolve({ preset: '90_days' })).toBeUndefined());

it('an instant goes into a date field and comes back', () => {
  const at = new Date(2027, 0, 5, 7, 4).getTime();
  expect(toLocalInput(at)).toBe('2027-01-05T07:04');
  expect(resolve({ kind: 'custom', custom: toLocalInput(at) })).toBe(at);
});
