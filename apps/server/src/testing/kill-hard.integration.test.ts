import { expect, test } from 'vitest';
import { killHardUnderLoad } from './kill-hard.ts';

// The long form, fifty kills, is torture/kill-server.ts; its figures are in docs/benchmarks.md.
test('three kills under load: every answered request is in the log exactly once, and all totals agree', { timeout: 240_000 }, async () => {
  const { answered, logged, lost, doubled, wrongStatus, totals } = await killHardUnderLoad({ kills: 3, perSecond: 100 });
  expect({ lost, doubled, wrongStatus }).toEqual({ lost: [], doubled: [], wrongStatus: [] });
  expect(answered).toBeGreaterThan(20);
  expect(logged).toBeGreaterThanOrEqual(answered);
  expect(totals).toEqual({ byHour: logged, byDay: logged, byEndpoint: logged, acrossTokens: logged, lifetime: logged });
});
