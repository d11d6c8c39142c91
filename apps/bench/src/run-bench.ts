import { type MeasureAllOptions, type Measurements, measureAll } from './measure/measure-all.ts';
import { type OpenServers, openServers } from './open-servers.ts';
import { chooseCores } from './process/cores.ts';
import { headToHead } from './report/head-to-head.ts';
import { describeLoad, describeMachine, isBusy } from './report/machine.ts';
import type { Comparison, Report, ReportRow } from './report/render-markdown.ts';
import { summarise } from './report/summarise.ts';
import { SUBJECTS } from './subject/catalogue.ts';

export interface RunBenchOptions extends MeasureAllOptions {
  /** Names of the servers beside the bare one. */
  readonly subjects: readonly string[];
  readonly tokens: number;
  /** Ends everything early: the run then rejects. */
  readonly stop: AbortSignal;
}

/** Which servers are of interest beside each other, and not only beside the bare one. */
const RIVALS = [
  ['guard-fastify', 'fastify-bearer-auth'],
  ['guard-express', 'express-rate-limit'],
  ['guard-node', 'better-auth-postgres'],
  ['gateway', 'fastify-http-proxy'],
  ['gateway', 'http-proxy-middleware'],
  ['gateway', 'nginx'],
  ['gateway', 'nginx-buffered'],
  ['raw-sockets', 'fastify-http-proxy'],
] as const;

/** Starts every server, measures all of them in turn, and ends them again, whatever happens. */
export async function runBench(options: RunBenchOptions): Promise<Report> {
  try {
    return await measureAndReport(options);
  } catch (error) {
    // Whatever broke then broke because of that.
    options.stop.throwIfAborted();
    throw error;
  }
}

async function measureAndReport(options: RunBenchOptions): Promise<Report> {
  const { rounds, seconds, connections, tokens, stop } = options;
  const startedAt = new Date().toISOString();
  const wasBusy = await isBusy();
  const before = describeLoad();
  const cores = chooseCores();
  await using closing = new AsyncDisposableStack();
  // What waits for an answer of a process fails as soon as that is gone.
  stop.addEventListener('abort', () => void closing.disposeAsync());
  const open = await openServers(cores, closing, options);
  const measurements = await measureAll(open, open.servers, options);
  return {
    startedAt,
    isBusy: wasBusy,
    machine: describeMachine(),
    placement: cores.description,
    loadAverage: { before, after: describeLoad() },
    settings: { rounds, seconds, connections, tokens },
    rows: listRows(open, measurements),
    comparisons: compare(measurements),
  };
}

function listRows({ bare, servers, skipped }: OpenServers, { samples, halfLoad, failures }: Measurements): ReportRow[] {
  return SUBJECTS.flatMap((subject): ReportRow[] => {
    const unavailable = skipped.find((each) => each.subject === subject)?.unavailable ?? failures.get(subject.name);
    if (unavailable !== undefined) return [{ subject, unavailable }];
    const isRunning = [bare, ...servers].some((each) => each.subject === subject);
    return isRunning ? [{ subject, summary: summarise(subject.name, samples, halfLoad) }] : [];
  });
}

function compare({ samples }: Measurements): Comparison[] {
  const titleOf = (name: string): string => SUBJECTS.find((subject) => subject.name === name)?.title ?? name;
  return RIVALS.flatMap(([above, below]) => {
    const requestsRatio = headToHead(above, below, samples);
    return requestsRatio === null ? [] : [{ above: titleOf(above), below: titleOf(below), requestsRatio }];
  });
}
