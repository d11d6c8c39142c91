import { expect, test } from 'vitest';
import { restartInTurn } from './rolling-restart.ts';

// The long form, a hundred restarts, is torture/rolling-restart.ts; its figures are in docs/reliability.md.
test('restarts in turn under keep-alive load with slow bodies: no request fails, and each is in the log once', {
  timeout: 240_000,
}, async () => {
  const { sent, answered, failures, statuses, exitCodes, lost, doubled, totals, logged } = await restartInTurn({
    restarts: 4,
    perSecond: 60,
  });
  expect({ failures, exitCodes, lost, doubled }).toEqual({ failures: [], exitCodes: [0, 0, 0, 0], lost: [], doubled: [] });
  expect(sent).toBeGreaterThan(100);
  expect(statuses).toEqual({ 200: sent });
  expect([answered, logged]).toEqual([sent, sent]);
  expect(totals).toEqual({ byHour: sent, byDay: sent, byEndpoint: sent, acrossTokens: sent, lifetime: sent });
});
