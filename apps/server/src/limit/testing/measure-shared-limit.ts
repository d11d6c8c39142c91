import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

const SPENDER = fileURLToPath(new URL('./spend-shared-limit.ts', import.meta.url));

/** `control`: read, then increment. */
export type CounterKind = 'atomic' | 'control';

/** What a process is told to do in one round, with a token that nobody used before. */
export interface RoundOrder {
  readonly tokenId: number;
  readonly max: number;
  readonly requests: number;
  readonly concurrency: number;
}

/** What it answers; the counts of its breaker are since its start. */
export interface RoundReport {
  readonly passed: number;
  readonly longestMs: number;
  readonly breakerOpens: number;
  readonly timeouts: number;
  readonly localAnswers: number;
}

export interface SharedRound {
  readonly passed: number;
  readonly asked: number;
  /** Requests that passed beyond the limit, and units of it that were asked for and that nobody got, in parts of the limit. */
  readonly overshoot: number;
  readonly falseRefusals: number;
  readonly longestMs: number;
  /** Times that a process gave the server up. */
  readonly breakerOpens: number;
}

export interface SharedLimit {
  /** All processes ask at once: `concurrency` each, and together at least half as much again as the limit. */
  measure(max: number, concurrency: number): Promise<SharedRound>;
  close(): void;
}

export interface SharedLimitOptions {
  readonly kind: CounterKind;
  readonly processes: number;
  /** Of the counters. */
  readonly timeoutMs: number;
}

/** Starts processes with a guard each, on the Valkey at `url`. */
export async function openSharedLimit(url: string, { kind, processes, timeoutMs }: SharedLimitOptions): Promise<SharedLimit> {
  const children = Array.from({ length: processes }, () => fork(SPENDER, [url, kind, String(processes), String(timeoutMs)]));
  await Promise.all(children.map((child) => once(child, 'message')));
  let tokenId = Math.floor(Math.random() * 1e9);
  let opensBefore = 0;

  async function measure(max: number, concurrency: number): Promise<SharedRound> {
    tokenId += 1;
    const requests = concurrency * Math.ceil((1.5 * max) / (processes * concurrency));
    const reports = await Promise.all(children.map((child) => order(child, { tokenId, max, requests, concurrency })));
    const passed = reports.reduce((sum, report) => sum + report.passed, 0);
    const opens = reports.reduce((sum, { breakerOpens }) => sum + breakerOpens, 0);
    const breakerOpens = opens - opensBefore;
    opensBefore = opens;
    return {
      ...{ passed, asked: requests * processes, breakerOpens },
      overshoot: Math.max(0, passed - max) / max,
      falseRefusals: Math.max(0, max - passed) / max,
      longestMs: Math.max(...reports.map(({ longestMs }) => longestMs)),
    };
  }

  return {
    measure,
    close() {
      for (const child of children) child.disconnect();
    },
  };
}

async function order(child: ChildProcess, round: RoundOrder): Promise<RoundReport> {
  const ended = new AbortController();
  const onExit = () => ended.abort(new Error('A process ended before its round did.'));
  child.once('exit', onExit);
  child.send(round);
  const [report] = await once(child, 'message', { signal: ended.signal });
  child.off('exit', onExit);
  return report as RoundReport;
}
