import { readdirSync, readFileSync } from 'node:fs';

/** Processor time of a process's first thread, which runs its event loop, and of all its threads, in milliseconds. */
export interface ThreadCpu {
  readonly mainMs: number;
  readonly allMs: number;
}

/** `null` where there is no `/proc`, or no such process. */
export function readThreadCpu(pid: number): ThreadCpu | null {
  try {
    const times = new Map(readdirSync(`/proc/${pid}/task`).map((thread) => [thread, timeOf(pid, thread)]));
    const allMs = times.values().reduce((sum, ms) => sum + ms, 0);
    return { mainMs: times.get(String(pid)) ?? 0, allMs };
  } catch {
    return null;
  }
}

function timeOf(pid: number, thread: string): number {
  const [nanoseconds = '0'] = readFileSync(`/proc/${pid}/task/${thread}/schedstat`, 'utf8').split(' ');
  return Number(nanoseconds) / 1e6;
}
