import { openGuardedPair } from './guarded-pair.ts';
import { connectInMemory, type MemoryConnection } from './memory-connections.ts';

// Processor time of the whole guard over bare node:http, without the kernel's part in connections: requests arrive in streams in memory,
// 64 at once, bare and guarded in turn every few milliseconds, so that it says something on a busy machine too. The spool is on the disk.
// Run: node packages/bearer-auth/bench/guard-cost.ts [seconds] [tokens]

const [seconds = 8, tokenCount = 1_000] = process.argv.slice(2).map(Number);
const CONNECTIONS = 64;
const TURNS = 10;
const pair = openGuardedPair(tokenCount);
const { requests, spool } = pair;

let next = 0;

/** One request on every connection, until all are answered. */
async function turn(connections: readonly MemoryConnection[]): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  let waiting = connections.length;
  for (const connection of connections) {
    connection.onAnswer = (text) => {
      pair.assertAnswer(text);
      waiting -= 1;
      if (waiting === 0) resolve();
    };
    connection.push(requests[next++ % requests.length]);
  }
  await promise;
  await new Promise((settle) => setImmediate(settle));
}

/** Microseconds of processor time a request. */
async function measure(connections: readonly MemoryConnection[]): Promise<number> {
  const before = process.cpuUsage();
  for (let count = 0; count < TURNS; count++) await turn(connections);
  const { user, system } = process.cpuUsage(before);
  await spool.release(spool.end());
  return (user + system) / (TURNS * connections.length);
}

function quantiles(values: readonly number[]): string {
  const sorted = values.toSorted((a, b) => a - b);
  const at = (share: number): string => (sorted[Math.floor((sorted.length - 1) * share)] ?? 0).toFixed(2);
  return `${at(0.1)} · ${at(0.25)} · ${at(0.5)}`;
}

const bare = connectInMemory(pair.bare, CONNECTIONS);
const guarded = connectInMemory(pair.guarded, CONNECTIONS);
for (let round = 0; round < 40; round++) for (const each of [bare, guarded]) await measure(each);
const [ofBare, ofGuard, over]: [number[], number[], number[]] = [[], [], []];
for (const until = performance.now() + seconds * 1_000; performance.now() < until; ) {
  const [one, other] = [await measure(bare), await measure(guarded)];
  ofBare.push(one);
  ofGuard.push(other);
  over.push(other - one);
}
console.log(
  `µs of processor time a request; fastest tenth · quarter · half of ${over.length} rounds of ${TURNS * CONNECTIONS} requests, ${tokenCount} tokens`,
);
console.log(`bare node:http, in memory   ${quantiles(ofBare)}`);
console.log(`with the guard              ${quantiles(ofGuard)}`);
console.log(`over bare                   ${quantiles(over)}`);
process.exit();
