import type { WorkerProcess } from '../process/worker-process.ts';
import type { StartedSubject } from '../subject/start-subject.ts';
import { type Measurement, type MeasureOptions, measureOnce } from './measure-once.ts';

/** One run of a server, and what the bare one did just before and just after. */
export interface Sample {
  readonly name: string;
  readonly measured: Measurement;
  readonly bare: { readonly requestsPerSecond: number; readonly cpuUs: number | null };
}

export interface RoundsOptions extends MeasureOptions {
  readonly rounds: number;
  readonly onProgress: (text: string) => void;
}

/** So many servers are measured between two looks at the bare one. */
const BETWEEN_BARE = 4;

/**
 * Measures all servers in turn, round by round, each round beginning with another one; the bare one again and again in between. What the
 * machine does beside the benchmark meets all of them, and each is divided by its neighbours.
 */
export async function runRounds(
  load: WorkerProcess,
  bare: StartedSubject,
  servers: readonly StartedSubject[],
  options: RoundsOptions,
): Promise<Sample[]> {
  const samples: Sample[] = [];
  for (let round = 0; round < options.rounds; round += 1) {
    const order = rotate(servers, round * BETWEEN_BARE);
    let before = await measureOnce(load, bare, options);
    do {
      const group = order.splice(0, BETWEEN_BARE);
      const measured: [string, Measurement][] = [];
      for (const server of group) {
        options.onProgress(`round ${round + 1} of ${options.rounds}: ${server.subject.name}`);
        measured.push([server.subject.name, await measureOnce(load, server, options)]);
      }
      const after = await measureOnce(load, bare, options);
      samples.push({ name: bare.subject.name, measured: before, bare: before });
      samples.push(...measured.map(([name, each]) => ({ name, measured: each, bare: meanOf(before, after) })));
      before = after;
    } while (order.length > 0);
  }
  return samples;
}

function rotate<Item>(items: readonly Item[], by: number): Item[] {
  const at = items.length === 0 ? 0 : by % items.length;
  return [...items.slice(at), ...items.slice(0, at)];
}

function meanOf(a: Measurement, b: Measurement): Sample['bare'] {
  return {
    requestsPerSecond: (a.requestsPerSecond + b.requestsPerSecond) / 2,
    cpuUs: a.cpuUs === null || b.cpuUs === null ? null : (a.cpuUs + b.cpuUs) / 2,
  };
}
