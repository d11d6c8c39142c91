import { expect, test } from 'vitest';
import { runCrossTalk } from './run-cross-talk.ts';

// The long form, a million requests, is torture/cross-talk.ts; its figures are in docs/reliability.md.
test('every answer belongs to its request, whatever an upstream does to others', { timeout: 120_000 }, async () => {
  const { asked, outcomes, foreign, hurt } = await runCrossTalk({ requests: 4_000 });
  expect({ foreign, hurt }).toEqual({ foreign: [], hurt: [] });
  expect(asked).toBe(4_000);
  expect(outcomes.own).toBeGreaterThan(3_000);
  // The upstream did misbehave.
  expect(outcomes.refused + outcomes.part + outcomes.none).toBeGreaterThan(100);
});
