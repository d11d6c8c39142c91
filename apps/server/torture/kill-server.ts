// Kills the real server with SIGKILL at random moments under load, and compares what clients were answered with the log.
//   node apps/server/torture/kill-server.ts [kills=50] [requests per second=200]
import { isExact } from '../src/testing/compare-with-log.ts';
import { killHardUnderLoad } from '../src/testing/kill-hard.ts';

const [kills = 50, perSecond = 200] = process.argv.slice(2).map(Number);
const startedAt = performance.now();
const result = await killHardUnderLoad({
  kills,
  perSecond,
  onKill: (kill) => process.stdout.isTTY && process.stdout.write(`\rkill ${kill} of ${kills}`),
});
const { answered, logged, lost, doubled, wrongStatus, totals } = result;
console.log(`\n${kills} kills at ${perSecond} requests/s in ${((performance.now() - startedAt) / 1_000).toFixed(0)} s`);
console.log(
  `answered ${answered} · logged ${logged} · LOST ${lost.length} · DOUBLED ${doubled.length} · wrong status ${wrongStatus.length}`,
);
console.log(`totals: ${JSON.stringify(totals)}`);
process.exit(isExact(result) ? 0 : 1);
