// Sends what fast-check makes up to a gateway over real connections: malformed credentials, and requests of which bytes were changed.
//   node apps/server/torture/fuzz-requests.ts [credentials=500000] [requests=500000] [connections=64] [seed=now]
import { runFuzz } from '../src/testing/fuzz/run-fuzz.ts';

const [credentials = 500_000, requests = 500_000, connections = 64, seed = Date.now() % 1_000_000_000] = process.argv.slice(2).map(Number);
const startedAt = performance.now();
const { asked, statuses, wrong, lookups, isAlive } = await runFuzz({
  credentials,
  requests,
  connections,
  seed,
  onProgress: (done) => process.stdout.isTTY && process.stdout.write(`\r${done} of ${credentials + requests}`),
});
console.log(
  `\n${asked} requests (seed ${seed}) over ${connections} connections in ${((performance.now() - startedAt) / 1_000).toFixed(0)} s`,
);
console.log(
  Object.entries(statuses)
    .map(([status, count]) => `${status === '0' ? 'no answer' : status}: ${count}`)
    .join(' · '),
);
console.log(`WRONG ${wrong.length} · LOOK-UPS FOR WHAT IS NO TOKEN ${lookups} · ${isAlive ? 'alive' : 'DEAD'}`);
for (const each of wrong.slice(0, 10)) console.log(each);
const areAllThere = [200, 400, 401].every((status) => (statuses[status] ?? 0) > 0);
process.exit(areAllThere && wrong.length === 0 && lookups === 0 && isAlive ? 0 : 1);
