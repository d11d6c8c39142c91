import type { StartedSubject } from '../subject/start-subject.ts';
import { type Bench, type Failure, type MeasureOptions, measureBare, measureOnce } from './measure-once.ts';

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
export async function runHalfLoad(bench: Bench, server: StartedSubject, options: HalfLoadOptions): Promise<HalfLoadSample[] | Failure> {
  const samples: HalfLoadSample[] = [];
  for (let round = 0; round < options.rounds; round += 1) {
    const below = await measureBare(bench, options);
    const measured = await measureOnce(bench, server, options);
    if ('failed' in measured) return measured;
    const { p50Us, p99Us } = measured;
    const { ratePerSecond } = options;
    samples.push({ name: server.subject.name, ratePerSecond, p50Us, p99Us, bareP50Us: below.p50Us, bareP99Us: below.p99Us });
  }
  return samples;
}
