import type { WorkerProcess } from '../process/worker-process.ts';
import type { StartedSubject } from '../subject/start-subject.ts';
import { type MeasureOptions, measureOnce } from './measure-once.ts';

/** A server and the bare one at the same rate, in microseconds. */
export interface HalfLoadSample {
  readonly name: string;
  readonly ratePerSecond: number;
  readonly p50Us: number;
  readonly p99Us: number;
  readonly bareP50Us: number;
  readonly bareP99Us: number;
}

export interface HalfLoadOptions extends MeasureOptions {
  readonly ratePerSecond: number;
  readonly rounds: number;
}

/** Sends half of what the server can take, to it and to the bare one in turn: what its part of the work adds to the wait of a caller. */
export async function runHalfLoad(
  load: WorkerProcess,
  bare: StartedSubject,
  server: StartedSubject,
  options: HalfLoadOptions,
): Promise<HalfLoadSample[]> {
  const samples: HalfLoadSample[] = [];
  for (let round = 0; round < options.rounds; round += 1) {
    const below = await measureOnce(load, bare, options);
    const { p50Us, p99Us } = await measureOnce(load, server, options);
    const { ratePerSecond } = options;
    samples.push({ name: server.subject.name, ratePerSecond, p50Us, p99Us, bareP50Us: below.p50Us, bareP99Us: below.p99Us });
  }
  return samples;
}
