// Ends tokens at several real servers on one database, each asked for every ten milliseconds, and says when the last request was accepted.
//   node apps/server/torture/revocation.ts [changes=1000] [processes=3]
import { measureRevocations } from '../src/testing/measure-revocations.ts';
import { openReplicas } from '../src/testing/open-replicas.ts';
import { percentile } from '../src/testing/percentile.ts';
import { startTestPostgres } from '../src/testing/start-test-postgres.ts';

const [count = 1_000, processes = 3] = process.argv.slice(2).map(Number);
const postgres = await startTestPostgres();
const replicas = await openReplicas(Array.from({ length: processes }, () => postgres.url));
const startedAt = performance.now();
const measured = await measureRevocations({
  replicas,
  count,
  kinds: ['revoke', 'disable'],
  concurrency: 2,
  loadPerSecond: 100,
  onChange: (done) => process.stdout.isTTY && process.stdout.write(`\rchange ${done} of ${count}`),
});
await replicas.close();
await postgres.close();

const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);
const say = (label: string, values: readonly number[]) =>
  console.log(`${label}: median ${percentile(values, 50)} · p99 ${percentile(values, 99)} · max ${percentile(values, 100)} ms`);
const silent = measured.filter(({ effective }) => effective.acknowledged < processes).length;
const acceptedAfter = sum(measured.map((each) => each.acceptedAfter));
const lastAccepted = measured.map(({ lastAcceptedMs }) => lastAcceptedMs);

console.log(`\n${count} revocations and disables at ${processes} processes in ${((performance.now() - startedAt) / 1_000).toFixed(0)} s`);
say('from the call to the last acceptance anywhere', lastAccepted);
say(
  'from the call to its answer                  ',
  measured.map(({ answeredMs }) => answeredMs),
);
say(
  'acknowledged within (effective.ms)           ',
  measured.map(({ effective }) => effective.ms),
);
console.log(`requests sent after the answer: ${sum(measured.map((each) => each.sentAfter))} · ACCEPTED AFTER THE ANSWER ${acceptedAfter}`);
console.log(`changes not acknowledged by every process: ${silent}`);
const isFast = percentile(lastAccepted, 99) <= 250 && percentile(lastAccepted, 100) <= 1_000;
process.exit(measured.length === count && count > 0 && acceptedAfter === 0 && silent === 0 && isFast ? 0 : 1);
