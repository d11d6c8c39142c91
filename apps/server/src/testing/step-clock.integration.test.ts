import { expect, test } from 'vitest';
import { stepClockUnderLoad } from './step-clock.ts';

const HOUR_MS = 3_600_000;

// The long form is torture/step-clock.ts; its figures are in docs/reliability.md.
test('a clock that is set forward and back by an hour: nothing is lost, nothing doubled, and everybody is served', {
  timeout: 240_000,
}, async () => {
  const steps = [0, HOUR_MS, 0, -HOUR_MS, 0];
  const result = await stepClockUnderLoad({ steps, secondsPerStep: 1, perSecond: 60 });
  const { survived, logged, lost, doubled, wrongStatus, totals, statuses, spreadMs } = result;
  expect({ survived, lost, doubled, wrongStatus }).toEqual({ survived: true, lost: [], doubled: [], wrongStatus: [] });
  expect(Object.keys(statuses).filter((status) => !['200', '404'].includes(status))).toEqual([]);
  expect(spreadMs).toBeGreaterThan(1.9 * HOUR_MS);
  expect(totals).toEqual({ byHour: logged, byDay: logged, byEndpoint: logged, acrossTokens: logged, lifetime: logged });
});
