// Lets the disk of the spool run full under load, with PostgreSQL away, and compares what clients were answered with the log. Takes root, who may mount.
//   node apps/server/torture/disk-full.ts [kilobytes=4096] [requests per second=1000] [seconds full=20]
import { isExact } from '../src/testing/compare-with-log.ts';
import { fillDiskUnderLoad } from '../src/testing/fill-disk.ts';

const [kilobytes = 4_096, perSecond = 1_000, seconds = 20] = process.argv.slice(2).map(Number);
const result = await fillDiskUnderLoad({ kilobytes, perSecond, seconds });
const { answered, logged, lost, doubled, wrongStatus, totals, statuses, fullMs, resumedMs, survived } = result;
console.log(`A disk of ${kilobytes} KiB, full for ${fullMs} ms at ${perSecond} requests/s`);
console.log(
  `answered ${answered} · logged ${logged} · LOST ${lost.length} · DOUBLED ${doubled.length} · wrong status ${wrongStatus.length}`,
);
console.log(`statuses: ${JSON.stringify(statuses)}`);
console.log(`the process ${survived ? 'went on' : 'DIED'}; served again ${resumedMs} ms after the database was back`);
console.log(`totals: ${JSON.stringify(totals)}`);
process.exit(isExact(result) && survived && resumedMs < 5_000 ? 0 : 1);
