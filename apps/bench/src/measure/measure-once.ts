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
  readonly p50Us: number;
  readonly p99Us: number;
  /** Share of one processor that the server took during the run. */
  readonly serverBusy: number | null;
  /** The same of the load generator: near 1 it was the one that could do no more. */
  readonly loadBusy: number;
}

export interface MeasureOptions {
  readonly connections: number;
  readonly seconds: number;
  readonly ratePerSecond: number | null;
}

const EXPECTED = { status: 200, body: Buffer.from(ANSWER) };
const QUIET_MS = 100;
const QUIET_SHARE = 0.08;
const MAX_SETTLE_MS = 30_000;

/** Throws when a single answer was wrong: figures of a server that does not do its job are worth nothing. */
export async function measureOnce(load: WorkerProcess, server: StartedSubject, options: MeasureOptions): Promise<Measurement> {
  const { connections, seconds, ratePerSecond } = options;
  const requests = buildRequests(server.path, server.port, server.credentials);
  const before = readCpuMs(server.pids);
  const report = await load.ask<LoadReport>({
    port: server.port,
    requests,
    connections,
    durationMs: seconds * 1000,
    ratePerSecond,
    expected: EXPECTED,
  } satisfies LoadPlan);
  const after = readCpuMs(server.pids);
  refuseWrong(server, report);
  await settle(server.pids);
  const settled = readCpuMs(server.pids);
  const { answered, elapsedMs, latency, ownCpuMs } = report;
  return {
    requestsPerSecond: (answered / elapsedMs) * 1000,
    cpuUs: perRequest(before, settled, answered),
    p50Us: latency?.p50 ?? Number.NaN,
    p99Us: latency?.p99 ?? Number.NaN,
    serverBusy: before === null || after === null ? null : (after - before) / elapsedMs,
    loadBusy: ownCpuMs / elapsedMs,
  };
}

function perRequest(before: number | null, after: number | null, requests: number): number | null {
  return before === null || after === null ? null : ((after - before) * 1000) / requests;
}

function refuseWrong(server: StartedSubject, { answered, wrong, problems }: LoadReport): void {
  if (wrong === 0 && answered > 0) return;
  throw new Error(
    `${server.subject.name} answered ${wrong} of ${answered + wrong} requests wrongly: ${problems.join('; ') || 'no answer at all'}.`,
  );
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
