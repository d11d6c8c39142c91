import { describe, expect, it } from 'vitest';
import { type ExpiryChoice, resolveExpiry, toLocalInput } from './expiry-choice.ts';

const now = new Date(2026, 10, 22, 10, 15, 42).getTime();
const resolve = (choice: ExpiryChoice, custom = '', stored: string | null = null) => resolveExpiry({ choice, custom }, now, stored);

describe('an expiry choice becomes an instant', () => {
  it.each([
    ['7d', new Date(2026, 10, 29, 10, 15)],
    ['30d', new Date(2026, 11, 22, 10, 15)],
    ['60d', new Date(2027, 0, 21, 10, 15)],
    ['90d', new Date(2027, 1, 20, 10, 15)],
    ['1y', new Date(2027, 10, 22, 10, 15)],
  ] as const)('%s keeps the time of day', (choice, expected) => expect(resolve(choice)).toBe(expected.getTime()));

  it('never is null', () => expect(resolve('never')).toBeNull());
  it('a custom date is read in the viewer’s zone', () => {
    expect(resolve('custom', '2027-02-20T23:59')).toBe(new Date(2027, 1, 20, 23, 59).getTime());
  });
  it('keep is what is stored', () => {
    expect(resolve('keep', '', '2027-01-01T00:00:00.000Z')).toBe(Date.UTC(2027, 0, 1));
    expect(resolve('keep')).toBeNull();
  });
  it.each(['', 'soon', '2027-02-20'])('an unfinished custom date (%j) is not an instant', (text) => {
    expect(resolve('custom', text)).toBeUndefined();
  });
});

it('an instant goes into a date field and comes back', () => {
  const at = new Date(2027, 0, 5, 7, 4).getTime();
  expect(toLocalInput(at)).toBe('2027-01-05T07:04');
  expect(resolve('custom', toLocalInput(at))).toBe(at);
});
