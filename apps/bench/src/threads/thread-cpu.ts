import { readdirSync, readFileSync } from 'node:fs';

/** Milliseconds on a processor, by what the thread is there for. */
export interface ThreadCpu {
  /** The threads that answer requests. */
  readonly serving: number;
  /** All others of the process: main thread (where it does not serve), garbage collector, compiler, file system. */
  readonly others: number;
}

/** @param threads as in `LATCHKEY_THREADS`: with 1 the main thread serves. */
export function readThreadCpu(pid: number, threads: number): ThreadCpu {
  let serving = 0;
  let others = 0;
  for (const thread of readdirSync(`/proc/${pid}/task`)) {
    const directory = `/proc/${pid}/task/${thread}`;
    const [nanoseconds = '0'] = readFileSync(`${directory}/schedstat`, 'utf8').split(' ');
    const name = readFileSync(`${directory}/comm`, 'utf8').trim();
    const isServing = threads === 1 ? Number(thread) === pid : name.startsWith('gateway-');
    if (isServing) serving += Number(nanoseconds) / 1e6;
    else others += Number(nanoseconds) / 1e6;
  }
  return { serving, others };
}
