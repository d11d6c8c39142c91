// Takes PostgreSQL away from the real server under load, gives it back, and compares what clients were answered with the log.
//   node apps/server/torture/database-away.ts [seconds away=30] [requests per second=200]
import { takeDatabaseAway } from '../src/testing/database-away.ts';

const [seconds = 30, perSecond = 200] = process.argv.slice(2).map(Number);
const { answered, logged, lost, doubled, wrongStatus, totals, statuses, behind, caughtUpMs } = await takeDatabaseAway({
  seconds,
  perSecond,
});
console.log(`${seconds} s without PostgreSQL at ${perSecond} requests/s`);
console.log(
  `answered ${answered} · logged ${logged} · LOST ${lost.length} · DOUBLED ${doubled.length} · wrong status ${wrongStatus.length}`,
);
console.log(`statuses: ${JSON.stringify(statuses)}`);
console.log(`${behind} waited on the disk when it came back and were in the log ${caughtUpMs} ms later, under load`);
console.log(`totals: ${JSON.stringify(totals)}`);
const isRight =
  lost.length + doubled.length + wrongStatus.length === 0 &&
  statuses[503] === undefined &&
  statuses[401] === undefined &&
  Object.values(totals).every((total) => total === logged);
process.exit(isRight ? 0 : 1);
