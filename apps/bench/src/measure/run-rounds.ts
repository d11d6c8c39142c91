import type { StartedSubject } from '../subject/start-subject.ts';
import { type Bench, type Measurement, type MeasureOptions, measureBare, measureOnce } from './measure-once.ts';

/** One run of a server, and what the bare one did just before and just after. */
export interface Sample {
  readonly round: number;
  readonly name: string;
  readonly measured: Measurement;
  readonly bare: Pick<Measurement, 'requestsPerSecond' | 'cpuUs'>;
}

export interface RoundsOptions extends MeasureOptions {
  readonly rounds: number;
  readonly onProgress: (text: string) => void;
  /** Called for a server that answers wrongly, which is left out from then on. */
  readonly onFailure: (server: StartedSubject, failed: string) => void;
}

/** So many servers are measured between two looks at the bare one. */
const BETWEEN_BARE = 4;

/**
 * Measures all servers in turn, round by round, each round beginning with another one; the bare one again and again in between. What the
 * machine does beside the benchmark meets all of them, and each is divided by its neighbours.
 */
export async function runRounds(bench: Bench, servers: readonly StartedSubject[], options: RoundsOptions): Promise<Sample[]> {
  const samples: Sample[] = [];
  const failed = new Set<StartedSubject>();
  for (let round = 0; round < options.rounds; round += 1) {
    const onFailure = (server: StartedSubject, text: string): void => {
      failed.add(server);
      options.onFailure(server, text);
    };
    const onProgress = (name: string): void => options.onProgress(`round ${round + 1} of ${options.rounds}: ${name}`);
    const order = rotate(servers, round * BETWEEN_BARE).filter((server) => !failed.has(server));
    samples.push(...(await runRound(bench, round, order, { ...options, onProgress, onFailure })));
  }
  return samples;
}

async function runRound(bench: Bench, round: number, order: StartedSubject[], options: RoundsOptions): Promise<Sample[]> {
  const samples: Sample[] = [];
  let before = await measureBare(bench, options);
  do {
    const group = await runGroup(bench, order.splice(0, BETWEEN_BARE), options);
    const after = await measureBare(bench, options);
    const bare = meanOf(before, after);
    samples.push({ round, name: bench.bare.subject.name, measured: before, bare: before });
    samples.push(...[...group].map(([name, measured]) => ({ round, name, measured, bare })));
    before = after;
  } while (order.length > 0);
  return samples;
}

async function runGroup(bench: Bench, servers: readonly StartedSubject[], options: RoundsOptions): Promise<Map<string, Measurement>> {
  const group = new Map<string, Measurement>();
  for (const server of servers) {
    options.onProgress(server.subject.name);
    const measured = await measureOnce(bench, server, options);
    if ('failed' in measured) options.onFailure(server, measured.failed);
    else group.set(server.subject.name, measured);
  }
  return group;
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
