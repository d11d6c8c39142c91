import { openGuardedPair } from './guarded-pair.ts';
import { connectInMemory, type MemoryConnection } from './memory-connections.ts';

// What the guard adds to the time of a request at half load, up to the 99th percentile, on a machine that is itself away for milliseconds:
// many short rounds, of which the quiet ones tell. Requests arrive in memory at random moments; where nothing is due, time is put forward to
// the next one. What is in it: everything that this thread does for the request and for those before it, the spool's writes and garbage
// included, which is collected once to three times in a round. What is not: the kernel's connections. Bare and guarded take turns, with the same arrivals.
// Run: node packages/bearer-auth/bench/guard-latency.ts [rounds=300] [requests=3000] [tokens=1000]

const [rounds = 300, requestCount = 3_000, tokenCount = 1_000] = process.argv.slice(2).map(Number);
const CONNECTIONS = 64;
const QUANTILES = [0.5, 0.9, 0.99];
/** Of the rounds. */
const QUIET = [0.1, 0.25, 0.5];
const pair = openGuardedPair(tokenCount);
let put = 0;

/** Microseconds, those included that were left out. */
function now(): number {
  return performance.now() * 1_000 + put;
}

interface Waiting {
  readonly due: number;
  readonly request: Buffer;
}

/** Answers how long each request took, in microseconds from the moment it was due. */
async function run(connections: readonly MemoryConnection[], arrivals: readonly number[]): Promise<Float64Array> {
  const took = new Float64Array(arrivals.length);
  const free = [...connections];
  const waiting: Waiting[] = [];
  let answered = 0;
  let next = 0;
  const begin = now();
  const dueAt = (index: number): number => begin + (arrivals[index] ?? Number.POSITIVE_INFINITY);

  function send(connection: MemoryConnection, { due, request }: Waiting): void {
    connection.onAnswer = (text) => {
      took[answered++] = now() - due;
      pair.assertAnswer(text);
      free.push(connection);
    };
    connection.push(request);
  }

  function deliver(at: number): void {
    for (; dueAt(next) <= at; next += 1) waiting.push({ due: dueAt(next), request: pair.requests[next % pair.requests.length] as Buffer });
    while (free.length > 0 && waiting.length > 0) send(free.pop() as MemoryConnection, waiting.shift() as Waiting);
  }

  while (answered < arrivals.length) {
    const isIdle = free.length === connections.length && waiting.length === 0;
    if (isIdle) put += Math.max(0, dueAt(next) - now());
    deliver(now());
    await new Promise((turn) => setImmediate(turn));
  }
  await pair.spool.release(pair.spool.end());
  return took.sort();
}

/** Moments at which this many requests a microsecond come, each independent of the others. */
function drawArrivals(perMicrosecond: number): number[] {
  let at = 0;
  return Array.from({ length: requestCount }, () => {
    at -= Math.log(1 - Math.random()) / perMicrosecond;
    return at;
  });
}

/** Requests a microsecond where all connections are busy. */
async function findCapacity(connections: readonly MemoryConnection[]): Promise<number> {
  const before = now();
  await run(connections, new Array<number>(requestCount).fill(0));
  return requestCount / (now() - before);
}

function quantile(sorted: Float64Array, share: number): number {
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0;
}

/** Of all rounds, by quantile: that of the fastest tenth, quarter and half of them. */
function ofQuietRounds(all: readonly Float64Array[]): number[][] {
  return QUANTILES.map((share) => {
    const values = Float64Array.from(all, (sorted) => quantile(sorted, share)).sort();
    return QUIET.map((quiet) => quantile(values, quiet));
  });
}

function describe(name: string, figures: readonly (readonly number[])[]): string {
  return (
    name.padEnd(16) +
    figures
      .map((each) =>
        each
          .map((value) => value.toFixed(0))
          .join(' · ')
          .padStart(20),
      )
      .join('')
  );
}

const bare = connectInMemory(pair.bare, CONNECTIONS);
const guarded = connectInMemory(pair.guarded, CONNECTIONS);
for (let round = 0; round < 3; round += 1) for (const each of [bare, guarded]) await findCapacity(each);
const rate = (await findCapacity(guarded)) / 2;
const [ofBare, ofGuard]: [Float64Array[], Float64Array[]] = [[], []];
for (let round = 0; round < rounds; round += 1) {
  const arrivals = drawArrivals(rate);
  ofBare.push(await run(bare, arrivals));
  ofGuard.push(await run(guarded, arrivals));
}
const [one, other] = [ofQuietRounds(ofBare), ofQuietRounds(ofGuard)];
const over = other.map((values, index) => values.map((value, quiet) => value - (one[index]?.[quiet] ?? 0)));
console.log(
  `µs from due to answered, at half of what the guarded server answers (${Math.round(rate * 1e6).toLocaleString('en')} requests/s);`,
);
console.log(`fastest tenth · quarter · half of ${rounds} rounds of ${requestCount} requests, ${tokenCount} tokens`);
console.log(' '.repeat(16) + QUANTILES.map((share) => `p${share * 100}`.padStart(20)).join(''));
console.log(describe('bare node:http', one));
console.log(describe('with the guard', other));
console.log(describe('over bare', over));
process.exit();
