import { describe, expect, it } from 'vitest';
import { defaultExpiration, expirationsForSelect, parseExpiration } from './expiration-options.ts';

const NOW = Date.UTC(2026, 10, 22);
const OWN = [
  { value: '1_hour', seconds: 3_600 },
  { value: 'forever', seconds: null },
];

describe('options for a select', () => {
  it('begin with "No Expiration", "7 days", "30 days", and there are more', () => {
    const options = expirationsForSelect();
    expect(options.slice(0, 3)).toEqual([
      ['No Expiration', 'no_expiration'],
      ['7 days', '7_days'],
      ['30 days', '30_days'],
    ]);
    expect(options.length).toBeGreaterThan(3);
  });

  it('leave out what has no end when told to', () => {
    expect(expirationsForSelect({ includeNoExpiration: false })[0]).toEqual(['7 days', '7_days']);
  });

  it('are the deployment’s own where it has some', () => {
    expect(expirationsForSelect({ presets: OWN })).toEqual([
      ['1 hour', '1_hour'],
      ['forever', 'forever'],
    ]);
    expect(expirationsForSelect({ presets: OWN, includeNoExpiration: false })).toEqual([['1 hour', '1_hour']]);
  });
});

describe('the default', () => {
  it('is no expiration, or the first of what is offered', () => {
    expect(defaultExpiration()).toBe('no_expiration');
    expect(defaultExpiration(OWN)).toBe('1_hour');
  });
});

describe('a preset', () => {
  it('is an instant from now on', () => {
    expect(parseExpiration('30_days', NOW)).toEqual(new Date('2026-12-22T00:00:00.000Z'));
    expect(parseExpiration('1_hour', NOW, OWN)).toEqual(new Date('2026-11-22T01:00:00.000Z'));
  });

  it('without an end is null', () => {
    expect(parseExpiration('no_expiration', NOW)).toBeNull();
  });

  it('that is not offered is refused and never taken for no end', () => {
    for (const value of ['', '8_days', 'constructor', 'NO_EXPIRATION']) expect(() => parseExpiration(value, NOW)).toThrow(RangeError);
  });
});
