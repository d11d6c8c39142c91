// How much slower good clients are beside slow ones: connections that drip heads and bodies, and hardly read their answers. Over a real server.
//   node apps/server/torture/slow-clients.ts [slow=100] [rounds=10] [seconds=3]
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { listen } from '../src/http/listen.ts';
import { signInAsAdmin } from '../src/testing/admin-client.ts';
import { startLatchkeyProcess } from '../src/testing/latchkey-process.ts';
import { type GoodClients, measureGoodClients } from '../src/testing/slow/measure-good-clients.ts';
import { openSlowClients } from '../src/testing/slow/slow-clients.ts';
import { createSlowUpstream } from '../src/testing/slow/slow-upstream.ts';

const LIMIT = 2;
const SETTLE_MS = 2_000;
const [count = 100, rounds = 10, seconds = 3] = process.argv.slice(2).map(Number);
const directory = await mkdtemp(path.join(tmpdir(), 'latchkey-slow-'));
await chmod(directory, 0o711);
const upstream = createSlowUpstream();
const port = await listen(upstream, { host: '127.0.0.1', port: 0 });
const env = { PORT: '0', LATCHKEY_DATA_DIR: path.join(directory, 'data'), LATCHKEY_UPSTREAM_URL: `http://127.0.0.1:${port}` };
const server = await startLatchkeyProcess(env);
const admin = await signInAsAdmin(server.url);
const { token } = await admin.createToken({ name: 'slow', rate_limit: 1_000_000_000 });

const load = { clients: 16, ms: seconds * 1_000 };
await measureGoodClients(server.url, token, load);
const alone: GoodClients[] = [];
const beside: GoodClients[] = [];
let reopened = 0;
let leastOpen = count;
for (let round = 0; round < rounds; round++) {
  alone.push(await measureGoodClients(server.url, token, load));
  const slow = openSlowClients({ url: server.url, token, count, stepMs: 500 });
  // What the kernel takes for a reader before it has to wait is no slowness yet.
  await sleep(SETTLE_MS);
  beside.push(await measureGoodClients(server.url, token, load));
  reopened += slow.reopened;
  leastOpen = Math.min(leastOpen, slow.open);
  slow.close();
  await sleep(SETTLE_MS);
}

const median = (values: readonly number[]): number => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
const show = (name: string, all: readonly GoodClients[]): void => {
  const of = (read: (one: GoodClients) => number, digits: number) => median(all.map(read)).toFixed(digits);
  console.log(
    `${name}: ${of((one) => one.perSecond, 0)} requests/s, p50 ${of((one) => one.p50Ms, 2)} ms, p99 ${of((one) => one.p99Ms, 2)} ms`,
  );
};
const ratios = alone.map(({ perSecond }, round) => perSecond / (beside[round]?.perSecond ?? Number.NaN));
const failed = [...alone, ...beside].reduce((total, one) => total + one.failed, 0);
show('alone', alone);
show(`beside ${count} slow connections (${reopened} ended by the server, ${leastOpen} open at the least)`, beside);
console.log(
  `SLOWER BY ${median(ratios).toFixed(2)} × (${Math.min(...ratios).toFixed(2)}–${Math.max(...ratios).toFixed(2)} in ${rounds} rounds) · FAILED ${failed}`,
);
await server.stop();
upstream.close();
upstream.closeAllConnections();
await rm(directory, { recursive: true, force: true });
const isTried = beside.length === rounds && leastOpen > count / 2 && [...alone, ...beside].every(({ served }) => served > 0);
process.exit(isTried && failed === 0 && median(ratios) < LIMIT ? 0 : 1);
