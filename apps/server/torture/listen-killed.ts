// Ends tokens while the connections that changes are heard on are killed and cut at random, and says who still accepts them.
//   node apps/server/torture/listen-killed.ts [revocations=500] [a second=10]
import { openCuttableProxy } from '../src/management/testing/open-cuttable-proxy.ts';
import { killListenersWhileRevoking } from '../src/testing/kill-listeners.ts';
import { openReplicas } from '../src/testing/open-replicas.ts';
import { percentile } from '../src/testing/percentile.ts';
import { startTestPostgres } from '../src/testing/start-test-postgres.ts';

const [count = 500, perSecond = 10] = process.argv.slice(2).map(Number);
const postgres = await startTestPostgres();
const wires = await Promise.all([1, 2].map(() => openCuttableProxy(postgres.url)));
const replicas = await openReplicas([postgres.url, ...wires.map(({ url }) => url)]);
const startedAt = performance.now();
const result = await killListenersWhileRevoking({
  ...{ replicas, wires, databaseUrl: postgres.url, count, perSecond },
  onRevoked: (done) => process.stdout.isTTY && process.stdout.write(`\rrevocation ${done} of ${count}`),
});
await replicas.close();
await Promise.all(wires.map((wire) => wire.cut()));
await postgres.close();

const { killed, cuts, lastAcceptedMs, acceptedLate, acceptedAfterAcknowledged, missed } = result;
console.log(
  `\n${count} revocations in ${((performance.now() - startedAt) / 1_000).toFixed(0)} s · ${killed} listeners killed · ${cuts} wires cut`,
);
console.log(
  `last acceptance after the end of the token: median ${percentile(lastAcceptedMs, 50)} · p99 ${percentile(lastAcceptedMs, 99)} · max ${percentile(lastAcceptedMs, 100)} ms`,
);
console.log(
  `ACCEPTED LATE (> 5 s) ${acceptedLate} · ACCEPTED AFTER ALL ACKNOWLEDGED ${acceptedAfterAcknowledged} · MISSED after reconnecting ${missed}`,
);
const isDisturbed = killed > 0 && cuts > 0 && lastAcceptedMs.length === count;
process.exit(isDisturbed && acceptedLate + acceptedAfterAcknowledged + missed === 0 ? 0 : 1);
