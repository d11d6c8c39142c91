import { measureOnce } from './measure/measure-once.ts';
import { type HalfLoadSample, runHalfLoad } from './measure/run-half-load.ts';
import { runRounds } from './measure/run-rounds.ts';
import { type OpenServers, openServers } from './open-servers.ts';
import type { BenchOptions } from './parse-options.ts';
import { chooseCores } from './process/cores.ts';
import { describeLoad, describeMachine } from './report/machine.ts';
import type { Report, ReportRow } from './report/render-markdown.ts';
import { type Summary, summarise } from './report/summarise.ts';
import { SUBJECTS } from './subject/catalogue.ts';
import type { StartedSubject } from './subject/start-subject.ts';

export interface RunBenchOptions extends BenchOptions {
  readonly onProgress: (text: string) => void;
  /** Ends everything early: the run then rejects. */
  readonly stop: AbortSignal;
}

/** Starts every server, measures all of them in turn, and ends them again, whatever happens. */
export async function runBench(options: RunBenchOptions): Promise<Report> {
  const { rounds, seconds, connections, tokens, stop } = options;
  const startedAt = new Date().toISOString();
  const before = describeLoad();
  const cores = chooseCores();
  await using closing = new AsyncDisposableStack();
  // What waits for an answer of a process fails as soon as that is gone.
  stop.addEventListener('abort', () => void closing.disposeAsync());
  const open = await openServers(cores, closing, options);
  const summaries = await measureAll(open, options);
  return {
    startedAt,
    machine: describeMachine(),
    placement: cores.description,
    loadAverage: { before, after: describeLoad() },
    settings: { rounds, seconds, connections, tokens },
    rows: listRows(open, summaries),
  };
}

async function measureAll({ load, bare, servers }: OpenServers, options: RunBenchOptions): Promise<Summary[]> {
  const { connections, seconds, rounds, warmUpSeconds, onProgress } = options;
  for (const server of [bare, ...servers]) {
    onProgress(`warming up ${server.subject.name}`);
    await measureOnce(load, server, { connections, seconds: warmUpSeconds, ratePerSecond: null });
  }
  const samples = await runRounds(load, bare, servers, { connections, seconds, rounds, ratePerSecond: null, onProgress });
  const halfLoad: HalfLoadSample[] = [];
  for (const server of servers.filter(({ subject }) => options.latencySubjects.includes(subject.name))) {
    onProgress(`half load: ${server.subject.name}`);
    const full = summarise(server.subject.name, samples).requestsPerSecond?.median ?? 0;
    const settings = { connections, seconds, rounds: options.latencyRounds, ratePerSecond: Math.round(full / 2) };
    halfLoad.push(...(await runHalfLoad(load, bare, server, settings)));
  }
  return [bare, ...servers].map(({ subject }) => summarise(subject.name, samples, halfLoad));
}

function listRows({ bare, servers, skipped }: OpenServers, summaries: readonly Summary[]): ReportRow[] {
  const running: StartedSubject[] = [bare, ...servers];
  return SUBJECTS.flatMap((subject): ReportRow[] => {
    const summary = summaries.find(({ name }) => name === subject.name);
    const missing = skipped.find((each) => each.subject === subject);
    if (missing !== undefined) return [{ subject, unavailable: missing.unavailable }];
    return summary !== undefined && running.some((each) => each.subject === subject) ? [{ subject, summary }] : [];
  });
}
