import { describe, expect, it } from 'vitest';
import { chooseExpiry } from './choose-expiry.ts';
import { DEFAULT_POLICY, type ExpiryPolicy } from './token-policy.ts';

const NOW = Date.UTC(2026, 10, 22, 12);
const DAY_MS = 86_400_000;
const open = DEFAULT_POLICY.expiry;
const within90Days: ExpiryPolicy = { ...open, defaultSeconds: 30 * 86_400, maxSeconds: 90 * 86_400 };

describe('a token ends', () => {
  it('never, where nothing is said by anybody (S0-10)', () => {
    expect(chooseExpiry(open, {}, NOW)).toEqual({ ok: true, expiresAt: null });
  });

  it('after the seconds that were asked for, exactly (S0-09)', () => {
    expect(chooseExpiry(open, { expiresIn: 2_592_000 }, NOW)).toEqual({ ok: true, expiresAt: NOW + 30 * DAY_MS });
    expect(chooseExpiry(open, { expiresIn: null }, NOW)).toEqual({ ok: true, expiresAt: null });
  });

  it('at the start of the day that was named, UTC (S4-016)', () => {
    expect(chooseExpiry(open, { expiresAt: '2026-12-31' }, NOW)).toEqual({ ok: true, expiresAt: Date.UTC(2026, 11, 31) });
  });

  it('as the preset says, whatever else was given (S2-064, C-09)', () => {
    const both = { expiresAt: '2026-12-31', expiresIn: 5 };
    expect(chooseExpiry(open, { preset: '30_days', ...both }, NOW)).toEqual({ ok: true, expiresAt: NOW + 30 * DAY_MS });
    expect(chooseExpiry(open, { preset: 'no_expiration', ...both }, NOW)).toEqual({ ok: true, expiresAt: null });
  });

  it('after the default where nothing is named, and not where something is (S0-11)', () => {
    expect(chooseExpiry(within90Days, {}, NOW)).toEqual({ ok: true, expiresAt: NOW + 30 * DAY_MS });
    expect(chooseExpiry(within90Days, { expiresIn: 60 }, NOW)).toEqual({ ok: true, expiresAt: NOW + 60_000 });
  });

  it('after the longest life where there is no default but a maximum', () => {
    expect(chooseExpiry({ ...within90Days, defaultSeconds: null }, {}, NOW)).toEqual({ ok: true, expiresAt: NOW + 90 * DAY_MS });
  });
});

describe('refused is', () => {
  it.each(['8_days', '30_Days', '', 'constructor'])('the preset %j, naming those there are', (preset) => {
    expect(chooseExpiry(open, { preset }, NOW)).toMatchObject({
      ok: false,
      path: 'expiresAtPreset',
      message: expect.stringContaining('no_expiration, 7_days'),
    });
  });

  it('an instant that is over, unless a change may say so (G-06)', () => {
    const past = { expiresAt: '2026-11-22T12:00:00Z' };
    expect(chooseExpiry(open, past, NOW)).toMatchObject({ ok: false, path: 'expiresAt' });
    expect(chooseExpiry(open, past, NOW, { mayBePast: true })).toEqual({ ok: true, expiresAt: NOW });
  });

  it('a date that does not exist, and two answers to one question', () => {
    expect(chooseExpiry(open, { expiresAt: '2026-02-30' }, NOW)).toMatchObject({ ok: false, path: 'expiresAt' });
    expect(chooseExpiry(open, { expiresAt: '2027-01-01', expiresIn: 60 }, NOW)).toMatchObject({ ok: false, path: 'expiresIn' });
  });

  it('a life longer than the policy allows, never included', () => {
    for (const request of [
      { expiresIn: 91 * 86_400 },
      { expiresIn: null },
      { expiresAt: null },
      { preset: 'no_expiration' },
      { preset: '1_year' },
    ]) {
      expect(chooseExpiry(within90Days, request, NOW)).toMatchObject({ ok: false, message: expect.stringContaining('90 days') });
    }
    expect(chooseExpiry(within90Days, { expiresIn: 90 * 86_400 }, NOW)).toMatchObject({ ok: true });
  });

  it('an instant that no clock can tell', () => {
    expect(chooseExpiry(open, { expiresIn: 1e12 }, NOW)).toMatchObject({ ok: false, path: 'expiresIn' });
  });
});
