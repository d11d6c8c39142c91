import { expect, it } from 'vitest';
import { samplePolicy } from '../../testing/sample-policy.ts';
import { expiryPresets, formatSeconds, startPreset } from './expiry-presets.ts';

const DAY = 86_400;
const expiry = (changes: object) => ({ ...samplePolicy().expiry, ...changes });

it('presets are the policy’s, with the one that never ends last (S2-088)', () => {
  expect(expiryPresets(expiry({})).map(({ label }) => label)).toEqual(['7 days', '30 days', '90 days', 'Never']);
});

it('presets beyond the longest life are not offered, and "never" is one of them', () => {
  expect(expiryPresets(expiry({ maxSeconds: 30 * DAY })).map(({ label }) => label)).toEqual(['7 days', '30 days']);
});

it('the form starts with the policy’s default, else with 90 days, else with the first that ends', () => {
  expect(startPreset(expiry({ defaultSeconds: 30 * DAY }))?.name).toBe('30_days');
  expect(startPreset(expiry({}))?.name).toBe('90_days');
  expect(startPreset(expiry({ maxSeconds: 60 * DAY }))?.name).toBe('7_days');
  expect(startPreset(expiry({ defaultSeconds: 45 * DAY }))).toBeUndefined();
});

it.each([
  [90 * DAY, '90 days'],
  [DAY, '1 day'],
  [5_400, '90 minutes'],
  [61, '61 seconds'],
])('%i seconds read as %s', (seconds, text) => expect(formatSeconds(seconds)).toBe(text));
