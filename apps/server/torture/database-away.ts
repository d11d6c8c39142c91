// Takes PostgreSQL away from the real server under load, gives it back, and compares what clients were answered with the log.
//   node apps/server/torture/database-away.ts [cut|stopped|hung|terminated=all] [seconds away=60] [requests per second=200]
import { isExact } from '../src/testing/compare-with-log.ts';
import { type DatabaseAwayResult, takeDatabaseAway } from '../src/testing/database-away.ts';
import { DISTURBANCES, type Disturbance } from '../src/testing/disturb-database.ts';

const [which = 'all', seconds = '60', perSecond = '200'] = process.argv.slice(2);
const known = DISTURBANCES.filter((each) => which === 'all' || which === each);
if (known.length === 0) {
  console.error(`There is no disturbance ${JSON.stringify(which)}. Choose all or one of ${DISTURBANCES.join(', ')}.`);
  process.exit(2);
}

let isRight = true;
for (const how of known) {
  const result = await takeDatabaseAway({ how, seconds: Number(seconds), perSecond: Number(perSecond) });
  report(how, result);
  isRight &&= isAsPromised(result);
}
process.exit(isRight ? 0 : 1);

function report(
  how: Disturbance,
  { answered, logged, lost, doubled, wrongStatus, totals, statuses, meanwhile, caughtUpMs }: DatabaseAwayResult,
): void {
  console.log(`PostgreSQL ${how} for ${seconds} s at ${perSecond} requests/s`);
  console.log(
    `  answered ${answered} · logged ${logged} · LOST ${lost.length} · DOUBLED ${doubled.length} · wrong status ${wrongStatus.length}`,
  );
  console.log(`  statuses: ${JSON.stringify(statuses)}`);
  console.log(`  ${meanwhile} were answered meanwhile and were in the log ${caughtUpMs} ms after it was back, under load`);
  console.log(`  totals: ${JSON.stringify(totals)}`);
}

/** Nothing lost, nothing twice, and a token that is known is served throughout: the API has some of the products that it is asked for. */
function isAsPromised(result: DatabaseAwayResult): boolean {
  const isServed = Object.keys(result.statuses).every((status) => status === '200' || status === '404');
  return isExact(result) && isServed && result.meanwhile > 0;
}
