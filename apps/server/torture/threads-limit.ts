// How many of 128 requests at once pass at a limit of 100, over all threads of one server: exactly 100, every time.
//   node apps/server/torture/threads-limit.ts [rounds=1000] [threads=2] [requests at once=128] [limit=100]
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { signInAsAdmin } from '../src/testing/admin-client.ts';
import { countPassed } from '../src/testing/exact-limit.ts';
import { startLatchkeyProcess } from '../src/testing/latchkey-process.ts';

const [rounds = 1_000, threads = 2, concurrent = 128, limit = 100] = process.argv.slice(2).map(Number);
const directory = await mkdtemp(path.join(tmpdir(), 'latchkey-threads-'));
await chmod(directory, 0o711);
const server = await startLatchkeyProcess({
  PORT: '0',
  LATCHKEY_DATA_DIR: path.join(directory, 'data'),
  LATCHKEY_THREADS: String(threads),
});
const admin = await signInAsAdmin(server.url);
const startedAt = performance.now();
const counts = await countPassed({
  url: server.url,
  rounds,
  concurrent,
  createToken: async (round) => (await admin.createToken({ name: `round ${round}`, rate_limit: limit })).token,
  onRound: (round, passed) => {
    if (passed !== limit) console.log(`round ${round}: ${passed} passed`);
    else if (round % 100 === 0) console.log(`${round} rounds`);
  },
});
const exact = counts.filter((passed) => passed === limit).length;
const seconds = ((performance.now() - startedAt) / 1_000).toFixed(1);
console.log(
  `${threads} threads, ${concurrent} requests at once, limit ${limit}: exactly ${limit} passed ${exact} times out of ${rounds} (${seconds} s)`,
);
const code = await server.stop();
await rm(directory, { recursive: true, force: true });
process.exit(exact === rounds && code === 0 ? 0 : 1);
