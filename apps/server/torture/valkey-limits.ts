// How exact limits are that three processes share through Valkey or Redis, beside read-then-increment as a control, which is known to let
// more pass. Starts servers of its own unless it is given the URL of one.
//   node apps/server/torture/valkey-limits.ts [rounds=20] [concurrency of each process=128] [single|cluster|redis://…] [time-out in ms=20]
import { startRedisCluster, startRedisServer } from '@latchkey/bearer-auth/testing';
import { openSharedLimit, type SharedRound } from '../src/limit/testing/measure-shared-limit.ts';

const LIMITS = [10, 100, 1_000];
const PROCESSES = 3;
const [rounds = 20, concurrency = 128] = process.argv.slice(2, 4).map(Number);
const place = process.argv[4] ?? 'single';
const isCluster = place.includes('cluster');
const timeoutMs = Number(process.argv[5] ?? 20);

async function startServer(): Promise<{ url: string; close?: () => Promise<void> }> {
  if (place.includes(':')) return { url: place };
  return isCluster ? startRedisCluster() : startRedisServer();
}

const percent = (part: number): string => `${(100 * part).toFixed(1)} %`;
const median = (values: readonly number[]): number => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;

function report(kind: string, max: number, seen: readonly SharedRound[]): void {
  const overshoots = seen.map(({ overshoot }) => overshoot);
  const refusals = seen.map(({ falseRefusals }) => falseRefusals);
  const quiet = seen.filter(({ breakerOpens }) => breakerOpens === 0).map(({ overshoot }) => overshoot);
  const opens = seen.reduce((sum, { breakerOpens }) => sum + breakerOpens, 0);
  const longest = Math.max(...seen.map(({ longestMs }) => longestMs));
  console.log(
    `${kind.padEnd(8)} limit ${String(max).padStart(4)} · overshoot median ${percent(median(overshoots))}, at most ${percent(Math.max(...overshoots))}` +
      ` · false refusals at most ${percent(Math.max(...refusals))} · longest answer ${longest.toFixed(0)} ms · breaker opened ${opens} times` +
      (opens === 0 ? '' : `, overshoot of the other ${quiet.length} rounds at most ${percent(Math.max(0, ...quiet))}`),
  );
}

const server = await startServer();
console.log(
  `${PROCESSES} processes × ${concurrency} concurrent × ${rounds} rounds, time-out ${timeoutMs} ms, ${isCluster ? 'cluster of three' : 'one server'}`,
);
const options = { processes: PROCESSES, timeoutMs };
const kinds = isCluster ? (['atomic'] as const) : (['atomic', 'control'] as const);
const opened = await Promise.all(kinds.map(async (kind) => ({ kind, limit: await openSharedLimit(server.url, { ...options, kind }) })));
let isExact = true;
let isControlSeen = isCluster;
for (const max of LIMITS) {
  const seen = opened.map(() => [] as SharedRound[]);
  // In turn, so that both meet the same noise.
  for (let round = 0; round < rounds; round++) {
    for (const [index, { limit }] of opened.entries()) seen[index]?.push(await limit.measure(max, concurrency));
  }
  for (const [index, { kind }] of opened.entries()) {
    const measured = seen[index] ?? [];
    report(kind, max, measured);
    if (kind === 'control') isControlSeen ||= measured.some(({ overshoot }) => overshoot > 0);
    else isExact &&= measured.every(({ overshoot, falseRefusals }) => overshoot === 0 && falseRefusals <= 0.01);
  }
}
for (const { limit } of opened) limit.close();
await server.close?.();
console.log(isExact ? 'exact' : 'NOT EXACT', isControlSeen ? '' : '· the control did not fail: the load is too small to tell');
process.exit(isExact && isControlSeen ? 0 : 1);
