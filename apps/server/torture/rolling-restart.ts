// Restarts two servers in turn by SIGTERM under keep-alive load with slow bodies, and counts the requests that failed.
//   node apps/server/torture/rolling-restart.ts [restarts=100] [requests per second=200] [threads=1]
import { isExact } from '../src/testing/compare-with-log.ts';
import { restartInTurn } from '../src/testing/rolling-restart.ts';

const [restarts = 100, perSecond = 200, threads = 1] = process.argv.slice(2).map(Number);
const startedAt = performance.now();
const result = await restartInTurn({
  restarts,
  perSecond,
  threads,
  onRestart: (restart) => process.stdout.isTTY && process.stdout.write(`\rrestart ${restart} of ${restarts}`),
});
const { sent, answered, logged, lost, doubled, failures, statuses, exitCodes, totals } = result;
console.log(`\n${restarts} restarts at ${perSecond} requests/s in ${((performance.now() - startedAt) / 1_000).toFixed(0)} s`);
console.log(
  `sent ${sent} · answered ${answered} · FAILED ${failures.length} · logged ${logged} · LOST ${lost.length} · DOUBLED ${doubled.length}`,
);
console.log(
  `statuses: ${JSON.stringify(statuses)} · ended with 0: ${exitCodes.filter((code) => code === 0).length} of ${exitCodes.length}`,
);
console.log(`totals: ${JSON.stringify(totals)}`);
for (const failure of failures.slice(0, 20)) console.log(`  ${failure}`);
const areRestarted = exitCodes.length === restarts && exitCodes.every((code) => code === 0);
process.exit(isExact(result) && failures.length === 0 && answered === sent && areRestarted ? 0 : 1);
