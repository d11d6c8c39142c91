import { createLatencyHistogram } from './latency-histogram.ts';
import { type LoadConnection, openConnection } from './load-connection.ts';
import type { LoadPlan, LoadReport } from './load-plan.ts';
import { createRandomMoments } from './random-moments.ts';

/** Every answer's status is looked at, and one body of so many. */
const BODY_SAMPLE = 16;
const MAX_PROBLEMS = 5;
/** What was due by then is still sent, and what was sent is waited for as long again; without an answer it is counted as wrong. */
const LAST_ANSWER_MS = 10_000;

const RESTED = new Int32Array(new SharedArrayBuffer(4));

/** A turning loop would keep the upstream from its work. The kernel makes some 60 µs of it. */
function rest(): void {
  Atomics.wait(RESTED, 0, 0, 0.01);
}

/** Opens all connections, sends for `durationMs`, waits for what is under way, and counts. */
export function runLoad(plan: LoadPlan): Promise<LoadReport> {
  const { promise, resolve } = Promise.withResolvers<LoadReport>();
  const { requests, durationMs, ratePerSecond, expected, lastAnswerMs = LAST_ANSWER_MS } = plan;
  const expectedBody = expected.body === null ? null : Buffer.from(expected.body);
  const histogram = createLatencyHistogram();
  const problems = new Set<string>();
  const dueAt = new Map<LoadConnection, number>();
  const idle: LoadConnection[] = [];
  let opened = 0;
  let lost = 0;
  let sent = 0;
  let answered = 0;
  let wrong = 0;
  let startedAt = 0;
  let endsAt = Number.POSITIVE_INFINITY;
  let cpuAtStart: NodeJS.CpuUsage;
  let giveUp: NodeJS.Timeout | undefined;
  let isLate = false;
  const moments = ratePerSecond === null ? null : createRandomMoments(ratePerSecond);

  const events = { onOpen, onAnswer, onBroken };
  const connections = Array.from({ length: plan.connections }, () => openConnection(plan.port, events));

  function onOpen(connection: LoadConnection): void {
    opened += 1;
    idle.push(connection);
    if (opened + lost === plan.connections) start();
  }

  function start(): void {
    cpuAtStart = process.cpuUsage();
    startedAt = performance.now();
    endsAt = startedAt + durationMs;
    giveUp = setTimeout(sendNoMore, durationMs + lastAnswerMs);
    if (moments === null) for (const connection of idle.splice(0)) send(connection, performance.now());
    else sendDue();
  }

  /** Whoever is slower than the rate that was asked for shows in the rate that was reached. */
  function sendNoMore(): void {
    isLate = true;
    if (dueAt.size === 0) finish();
    else giveUp = setTimeout(finish, lastAnswerMs);
  }

  function send(connection: LoadConnection, due: number): void {
    dueAt.set(connection, due);
    connection.send(requests[sent % requests.length] as Uint8Array);
    sent += 1;
  }

  function onAnswer(connection: LoadConnection, status: number, body: Uint8Array): void {
    const now = performance.now();
    note(status, body, now - (dueAt.get(connection) ?? now));
    dueAt.delete(connection);
    if (moments === null && now < endsAt) {
      send(connection, now);
      return;
    }
    idle.push(connection);
    if (dueAt.size === 0 && isOver(now)) finish();
  }

  function note(status: number, body: Uint8Array, latencyMs: number): void {
    if (status !== expected.status) complain(`status ${status}`);
    else if (expectedBody !== null && !isExpected(body, expectedBody)) complain('another body than expected');
    else {
      answered += 1;
      histogram.record(latencyMs * 1000);
    }
  }

  function isExpected(body: Uint8Array, wanted: Buffer): boolean {
    return body.length === wanted.length && (answered % BODY_SAMPLE !== 0 || wanted.equals(body));
  }

  function onBroken(connection: LoadConnection, problem: string): void {
    lost += 1;
    dueAt.delete(connection);
    const index = idle.indexOf(connection);
    if (index >= 0) idle.splice(index, 1);
    complain(problem);
    if (lost === plan.connections) finish();
    else if (startedAt === 0 && opened + lost >= plan.connections) start();
    else if (dueAt.size === 0 && isOver(performance.now())) finish();
  }

  function complain(problem: string): void {
    wrong += 1;
    if (problems.size < MAX_PROBLEMS) problems.add(problem);
  }

  /** Timers are too coarse for this: the loop turns and turns. */
  function sendDue(): void {
    if (moments === null || isLate) return;
    const now = performance.now();
    while (idle.length > 0 && moments.next <= now - startedAt && moments.next < durationMs) {
      send(idle.shift() as LoadConnection, startedAt + moments.next);
      moments.advance();
    }
    if (plan.sharesProcessor && moments.next > now - startedAt) rest();
    if (moments.next < durationMs && lost < plan.connections) setImmediate(sendDue);
    else if (dueAt.size === 0) finish();
  }

  function isOver(now: number): boolean {
    return isLate || (moments === null ? now >= endsAt : moments.next >= durationMs);
  }

  function finish(): void {
    clearTimeout(giveUp);
    if (dueAt.size > 0) complain(`${dueAt.size} requests without an answer`);
    const elapsedMs = startedAt === 0 ? 0 : performance.now() - startedAt;
    const { user, system } = process.cpuUsage(cpuAtStart);
    for (const connection of connections) connection.close();
    const [p50, p95, p99] = [0.5, 0.95, 0.99].map((share) => histogram.percentile(share) ?? 0) as [number, number, number];
    const latency = answered === 0 ? null : { p50, p95, p99 };
    resolve({ answered, wrong, problems: [...problems], elapsedMs, ownCpuMs: (user + system) / 1000, latency });
  }

  return promise;
}
