import { setTimeout as delay } from 'node:timers/promises';
import { buildRequests } from '../load/build-requests.ts';
import type { LoadPlan, LoadReport } from '../load/load-plan.ts';
import { readCpuMs } from '../process/cpu-time.ts';
import type { WorkerProcess } from '../process/worker-process.ts';
import { ANSWER } from '../subject/answer.ts';
import type { StartedSubject } from '../subject/start-subject.ts';

/** One run of load against one server. */
export interface Measurement {
  readonly requestsPerSecond: number;
  /** Processor time of the server for each request, with what it still did after the last answer; `null`: nobody could tell. */
  readonly cpuUs: number | null;
  /** The same of PostgreSQL; `null` for a server that uses none. */
  readonly databaseCpuUs: number | null;
  readonly p50Us: number;
  readonly p99Us: number;
  /** Share of one processor that the server took during the run. */
  readonly serverBusy: number | null;
  /** The same of the load generator: near 1 it was the one that could do no more. */
  readonly loadBusy: number;
}

export interface Failure {
  /** What went wrong, in words. */
  readonly failed: string;
}

export interface MeasureOptions {
  readonly connections: number;
  readonly seconds: number;
  readonly ratePerSecond: number | null;
  /** Whether the server that is looked at makes others work on the load generator's processor. */
  readonly sharesProcessor: boolean;
}

/** What takes part in a run beside the server. */
export interface Bench {
  readonly load: WorkerProcess;
  readonly bare: StartedSubject;
  /** PostgreSQL's, where one runs. */
  readonly databasePids: readonly number[];
}

const EXPECTED = { status: 200, body: Buffer.from(ANSWER) };
const QUIET_MS = 100;
const QUIET_SHARE = 0.08;
const MAX_SETTLE_MS = 30_000;

/** A single wrong answer is a failure: figures of a server that does not do its job are worth nothing. */
export async function measureOnce(bench: Bench, server: StartedSubject, options: MeasureOptions): Promise<Measurement | Failure> {
  const { load, databasePids } = bench;
  const { connections, seconds, ratePerSecond, sharesProcessor } = options;
  const requests = buildRequests(server.path, server.port, server.credentials);
  const plan = { port: server.port, requests, connections, durationMs: seconds * 1000, ratePerSecond, sharesProcessor, expected: EXPECTED };
  const database = server.subject.needs?.includes('postgres') ? databasePids : [];
  const before = { server: readCpuMs(server.pids), database: readCpuMs(database) };
  const report = await load.ask<LoadReport>(plan satisfies LoadPlan);
  if (report.wrong > 0 || report.answered === 0) return { failed: describeFailure(report) };
  const { answered, elapsedMs, latency, ownCpuMs } = report;
  const after = readCpuMs(server.pids);
  await settle([...server.pids, ...database]);
  return {
    requestsPerSecond: (answered / elapsedMs) * 1000,
    cpuUs: share(before.server, readCpuMs(server.pids), answered / 1000),
    databaseCpuUs: database.length === 0 ? null : share(before.database, readCpuMs(database), answered / 1000),
    p50Us: latency?.p50 ?? Number.NaN,
    p99Us: latency?.p99 ?? Number.NaN,
    serverBusy: share(before.server, after, elapsedMs),
    loadBusy: ownCpuMs / elapsedMs,
  };
}

function share(before: number | null, after: number | null, of: number): number | null {
  return before === null || after === null ? null : (after - before) / of;
}

function describeFailure({ answered, wrong, problems }: LoadReport): string {
  return `${wrong} of ${answered + wrong} answers were wrong: ${problems.join('; ') || 'there was none'}`;
}

/** For the bare server, without which there is nothing to compare with. */
export async function measureBare(bench: Bench, options: MeasureOptions): Promise<Measurement> {
  const measured = await measureOnce(bench, bench.bare, options);
  if ('failed' in measured) throw new Error(`The bare server fails: ${measured.failed}.`);
  return measured;
}

/** Waits until a server has finished what it does behind its answers, so that it pays for that itself and the next one has the processor. */
async function settle(pids: readonly number[]): Promise<void> {
  for (const end = performance.now() + MAX_SETTLE_MS; performance.now() < end; ) {
    const before = readCpuMs(pids);
    await delay(QUIET_MS);
    const after = readCpuMs(pids);
    if (before === null || after === null || after - before < QUIET_SHARE * QUIET_MS) return;
  }
}
