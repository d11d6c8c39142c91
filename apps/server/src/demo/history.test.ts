import { describe, expect, it } from 'vitest';
import { createRandom, hourOfHistory, isTalking, pickCall, rhythmAt } from './history.ts';
import { PERSONAS, type Persona } from './persona.ts';

const NOW = Date.parse('2026-11-18T12:00:00.000Z');
const HOUR = 3_600_000;

function persona(part: string): Persona {
  const found = PERSONAS.find((candidate) => candidate.name.includes(part));
  if (!found) throw new Error(`no persona ${part}`);
  return found;
}

describe('demo history', () => {
  it('has a dozen personas, among them a throttled, a failing, an expired and an unused one', () => {
    expect(PERSONAS).toHaveLength(12);
    expect(PERSONAS.filter((one) => one.throttledShare)).not.toHaveLength(0);
    expect(PERSONAS.filter((one) => one.calls.some((call) => call.failures?.some((failure) => failure.status >= 500)))).not.toHaveLength(0);
    expect(PERSONAS.filter((one) => one.expiresInDays !== null && one.expiresInDays < 0)).not.toHaveLength(0);
    expect(PERSONAS.filter((one) => one.peakPerHour === 0)).not.toHaveLength(0);
  });

  it('follows the day: busy at the peak, quiet at night and at the weekend', () => {
    const noon = Date.parse('2026-11-18T12:00:00.000Z');
    expect(rhythmAt('office', noon)).toBeGreaterThan(5 * rhythmAt('office', noon - 11 * HOUR));
    expect(rhythmAt('office', noon)).toBeGreaterThan(5 * rhythmAt('office', Date.parse('2026-11-21T12:00:00.000Z')));
    expect(rhythmAt('nightly', noon)).toBe(0);
  });

  it('refuses the requests of an expired token from its expiry on', () => {
    const kiosk = persona('kiosk');
    const before = [...hourOfHistory(kiosk, 7, NOW - 4 * 24 * HOUR, NOW, createRandom(1))];
    const after = [...hourOfHistory(kiosk, 7, NOW - 2 * 24 * HOUR, NOW, createRandom(1))];
    expect(before.map((record) => record.outcome)).not.toContain('KEY_EXPIRED');
    expect(new Set(after.map((record) => record.outcome))).toEqual(new Set(['KEY_EXPIRED']));
  });

  it('is the same for the same seed, in the order of time, and never in the future', () => {
    const records = [...hourOfHistory(persona('Mobile'), 1, NOW - HOUR / 2, NOW, createRandom(3))];
    expect(records).toEqual([...hourOfHistory(persona('Mobile'), 1, NOW - HOUR / 2, NOW, createRandom(3))]);
    expect(records.length).toBeGreaterThan(10);
    expect(records.every((record, index) => record.at < NOW && record.at >= (records[index - 1]?.at ?? 0))).toBe(true);
  });

  it('is silent before a token existed and after its holder stopped', () => {
    expect(isTalking(persona('Ines'), NOW - 2 * 24 * HOUR, NOW)).toBe(false);
    expect(isTalking(persona('Ines'), NOW - 6 * 24 * HOUR, NOW)).toBe(true);
    expect(isTalking(persona('Recommendation'), NOW - 13 * 24 * HOUR, NOW)).toBe(false);
  });

  it('picks calls by weight', () => {
    const calls = [
      { weight: 1, method: 'GET', path: '/a', medianMs: 1 },
      { weight: 3, method: 'GET', path: '/b', medianMs: 1 },
    ];
    expect([0, 0.24, 0.26, 0.99].map((dice) => pickCall(calls, dice).path)).toEqual(['/a', '/a', '/b', '/b']);
  });
});
