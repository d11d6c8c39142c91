import type { HalfLoadSample } from '../measure/run-half-load.ts';
import type { Sample } from '../measure/run-rounds.ts';
import { type Spread, spreadOf } from './spread.ts';

/** What the rounds say of one server. Times are microseconds. */
export interface Summary {
  readonly name: string;
  readonly requestsPerSecond: Spread | null;
  /** Share of what the bare server did at that time. */
  readonly throughputRatio: Spread | null;
  readonly cpuUs: Spread | null;
  readonly cpuRatio: Spread | null;
  /** Processor time beyond that of the bare server. */
  readonly addedCpuUs: Spread | null;
  readonly databaseCpuUs: Spread | null;
  readonly p50Us: Spread | null;
  readonly p99Us: Spread | null;
  readonly serverBusy: Spread | null;
  readonly loadBusy: Spread | null;
  /** `null`: not asked for. */
  readonly halfLoad: HalfLoadSummary | null;
}

export interface HalfLoadSummary {
  readonly ratePerSecond: number;
  readonly p50Us: Spread | null;
  readonly p99Us: Spread | null;
  readonly addedP50Us: Spread | null;
  readonly addedP99Us: Spread | null;
}

export function summarise(name: string, samples: readonly Sample[], halfLoad: readonly HalfLoadSample[] = []): Summary {
  const own = samples.filter((sample) => sample.name === name);
  const measured = own.map((sample) => sample.measured);
  return {
    name,
    requestsPerSecond: spreadOf(measured.map((each) => each.requestsPerSecond)),
    throughputRatio: spreadOf(own.map(({ measured: { requestsPerSecond }, bare }) => requestsPerSecond / bare.requestsPerSecond)),
    cpuUs: spreadOf(measured.map((each) => each.cpuUs)),
    cpuRatio: spreadOf(own.map(({ measured: { cpuUs }, bare }) => (cpuUs === null || bare.cpuUs === null ? null : cpuUs / bare.cpuUs))),
    addedCpuUs: spreadOf(own.map(({ measured: { cpuUs }, bare }) => (cpuUs === null || bare.cpuUs === null ? null : cpuUs - bare.cpuUs))),
    databaseCpuUs: spreadOf(measured.map((each) => each.databaseCpuUs)),
    p50Us: spreadOf(measured.map((each) => each.p50Us)),
    p99Us: spreadOf(measured.map((each) => each.p99Us)),
    serverBusy: spreadOf(measured.map((each) => each.serverBusy)),
    loadBusy: spreadOf(measured.map((each) => each.loadBusy)),
    halfLoad: summariseHalfLoad(halfLoad.filter((sample) => sample.name === name)),
  };
}

function summariseHalfLoad(samples: readonly HalfLoadSample[]): HalfLoadSummary | null {
  const [first] = samples;
  if (first === undefined) return null;
  return {
    ratePerSecond: first.ratePerSecond,
    p50Us: spreadOf(samples.map((sample) => sample.p50Us)),
    p99Us: spreadOf(samples.map((sample) => sample.p99Us)),
    addedP50Us: spreadOf(samples.map((sample) => sample.p50Us - sample.bareP50Us)),
    addedP99Us: spreadOf(samples.map((sample) => sample.p99Us - sample.bareP99Us)),
  };
}
