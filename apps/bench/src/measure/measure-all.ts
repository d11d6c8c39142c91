import { spreadOf } from '../report/spread.ts';
import type { StartedSubject } from '../subject/start-subject.ts';
import type { Bench } from './measure-once.ts';
import { type HalfLoadSample, runHalfLoad } from './run-half-load.ts';
import { runRounds, type Sample } from './run-rounds.ts';
import { warmUp } from './warm-up.ts';

export interface MeasureAllOptions {
  readonly rounds: number;
  readonly seconds: number;
  readonly warmUpSeconds: number;
  readonly connections: number;
  readonly latencyRounds: number;
  /** Names of the servers that are looked at under half load. */
  readonly latencySubjects: readonly string[];
  readonly onProgress: (text: string) => void;
}

export interface Measurements {
  readonly samples: readonly Sample[];
  readonly halfLoad: readonly HalfLoadSample[];
  /** By name: what a server answered wrongly, and why it has no figures. */
  readonly failures: ReadonlyMap<string, string>;
}

/** Warms every server up, measures all of them in turn at their limit, and some at half of it. */
export async function measureAll(bench: Bench, servers: readonly StartedSubject[], options: MeasureAllOptions): Promise<Measurements> {
  const { connections, seconds, rounds, onProgress } = options;
  const atLimit = { connections, ratePerSecond: null, sharesProcessor: false };
  const failures = new Map<string, string>();
  const onFailure = ({ subject }: StartedSubject, failed: string): void => void failures.set(subject.name, failed);
  const sound = (): StartedSubject[] => servers.filter(({ subject }) => !failures.has(subject.name));
  for (const server of [bench.bare, ...servers]) {
    onProgress(`warming up ${server.subject.name}`);
    const failure = await warmUp(bench, server, { ...atLimit, seconds: options.warmUpSeconds });
    if (failure !== null) onFailure(server, failure.failed);
  }
  const samples = await runRounds(bench, sound(), { ...atLimit, seconds, rounds, onProgress, onFailure });
  const halfLoad: HalfLoadSample[] = [];
  for (const server of sound().filter(({ subject }) => options.latencySubjects.includes(subject.name) && options.latencyRounds > 0)) {
    onProgress(`half load: ${server.subject.name}`);
    const sharesProcessor = (server.subject.needs?.length ?? 0) > 0;
    const settings = { connections, seconds, rounds: options.latencyRounds, ratePerSecond: halfOf(server, samples), sharesProcessor };
    const found = await runHalfLoad(bench, server, settings);
    if ('failed' in found) onFailure(server, found.failed);
    else halfLoad.push(...found);
  }
  return { samples, halfLoad, failures };
}

function halfOf({ subject }: StartedSubject, samples: readonly Sample[]): number {
  const own = samples.filter(({ name }) => name === subject.name).map(({ measured }) => measured.requestsPerSecond);
  return Math.max(1, Math.round((spreadOf(own)?.median ?? 0) / 2));
}
