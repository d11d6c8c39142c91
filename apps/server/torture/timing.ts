// How long refusals take, in the process: whether a text that begins like a token that works takes another time than one that does not.
//   node apps/server/torture/timing.ts [samples=1000000]
// Answers are the same within the first two pairs, and texts repeat each other as much, so that only the token that works could make a difference.
import { measureRefusals } from '../src/testing/timing/measure-refusals.ts';

const LIMIT = 4.5;
const [wanted = 1_000_000] = process.argv.slice(2).map(Number);
const { samples, comparisons } = await measureRefusals(wanted);
console.log(`${samples} refusals of 6 kinds in turns at random; Welch's t with all of them, and with the fastest 99, 90 and 50 %`);
let worst = 0;
for (const { a, b, mustBeAlike, meanNs, t } of comparisons) {
  const [meanA, meanB] = meanNs.map((mean) => `${(mean / 1_000).toFixed(2)} µs`);
  const values = t.map((each) => each.t.toFixed(2).padStart(8)).join('');
  console.log(`${mustBeAlike ? 'ALIKE  ' : 'differ '} ${`${a} (${meanA})`.padEnd(34)} ${`${b} (${meanB})`.padEnd(38)} ${values}`);
  if (mustBeAlike) worst = Math.max(worst, ...t.map((each) => Math.abs(each.t)));
}
console.log(`largest |t| where answers are the same: ${worst.toFixed(2)} (a leak from ${LIMIT})`);
process.exit(samples === wanted && samples > 0 && worst < LIMIT ? 0 : 1);
