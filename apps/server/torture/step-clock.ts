// Sets the clock of the server's process forward and back by an hour under load, and compares what clients were answered with the log.
//   node apps/server/torture/step-clock.ts [rounds=5] [requests per second=200] [seconds per step=3]
import { isExact } from '../src/testing/compare-with-log.ts';
import { stepClockUnderLoad } from '../src/testing/step-clock.ts';

const HOUR_MS = 3_600_000;
const [rounds = 5, perSecond = 200, secondsPerStep = 3] = process.argv.slice(2).map(Number);
const steps = Array.from({ length: rounds }, () => [0, HOUR_MS, 0, -HOUR_MS]).flat();
const result = await stepClockUnderLoad({ steps, secondsPerStep, perSecond });
const { answered, logged, lost, doubled, wrongStatus, totals, statuses, survived, spreadMs } = result;
console.log(`The clock set ${steps.length} times, by an hour forward and back, at ${perSecond} requests/s`);
console.log(
  `answered ${answered} · logged ${logged} · LOST ${lost.length} · DOUBLED ${doubled.length} · wrong status ${wrongStatus.length}`,
);
console.log(`statuses: ${JSON.stringify(statuses)} · the process ${survived ? 'went on' : 'DIED'}`);
console.log(
  `totals: ${JSON.stringify(totals)} · from the earliest to the latest request of the log ${(spreadMs / HOUR_MS).toFixed(1)} hours`,
);
const isServed = Object.keys(statuses).every((status) => status === '200' || status === '404');
process.exit(isExact(result) && survived && isServed && spreadMs > 1.9 * HOUR_MS ? 0 : 1);
