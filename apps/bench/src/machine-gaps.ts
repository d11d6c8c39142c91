/**
 * How long this machine takes its processors away from whoever uses them all: on each of them one process looks at the clock and does nothing
 * else. Where the gaps add up to a hundredth of the time, no 99th percentile of anything can be told there.
 *
 *   node apps/bench/src/machine-gaps.ts [seconds=10]
 */
import { availableParallelism } from 'node:os';
import { isMainThread, parentPort, Worker } from 'node:worker_threads';

/** What a process that only turns is away for by its own doing – collecting garbage, answering a timer – is shorter. */
const GAP_MS = 0.3;

interface Gaps {
  readonly count: number;
  readonly lostMs: number;
  readonly longestMs: number;
}

const seconds = Number(process.argv[2] ?? 10);
if (isMainThread) await main();
else parentPort?.postMessage(watchClock(seconds * 1_000));

async function main(): Promise<void> {
  const watched = await Promise.all(Array.from({ length: availableParallelism() }, watchInThread));
  for (const [index, { count, lostMs, longestMs }] of watched.entries()) {
    const share = ((lostMs / seconds / 1_000) * 100).toFixed(2);
    console.log(`${index + 1} of ${watched.length}: ${share} % of the time in ${count} gaps of ${GAP_MS} to ${longestMs.toFixed(1)} ms`);
  }
}

function watchInThread(): Promise<Gaps> {
  return new Promise((resolve, reject) => {
    const worker = new Worker(new URL(import.meta.url), { argv: [String(seconds)] });
    worker.once('message', resolve).once('error', reject);
  });
}

function watchClock(ms: number): Gaps {
  let [count, lostMs, longestMs] = [0, 0, 0];
  let last = performance.now();
  for (const end = last + ms; last < end; ) {
    const now = performance.now();
    const gap = now - last;
    last = now;
    if (gap < GAP_MS) continue;
    count += 1;
    lostMs += gap;
    longestMs = Math.max(longestMs, gap);
  }
  return { count, lostMs, longestMs };
}
