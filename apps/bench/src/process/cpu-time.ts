import { readdirSync, readFileSync } from 'node:fs';

/** Processor time that these processes and all below them have used, user and system, in milliseconds; `null` where there is no `/proc`. */
export function readCpuMs(pids: readonly number[]): number | null {
  const all = withDescendants(pids);
  if (all === null) return null;
  return all.reduce((sum, pid) => sum + cpuOfProcess(pid), 0);
}

/** Threads count in nanoseconds; the ticks of `/proc/PID/stat` are too coarse for short runs. */
function cpuOfProcess(pid: number): number {
  return list(`/proc/${pid}/task`).reduce((sum, thread) => {
    const [nanoseconds = '0'] = read(`/proc/${pid}/task/${thread}/schedstat`).split(' ');
    return sum + Number(nanoseconds) / 1e6;
  }, 0);
}

function withDescendants(roots: readonly number[]): number[] | null {
  const children = new Map<number, number[]>();
  const processes = list('/proc').filter((name) => /^\d+$/.test(name));
  if (processes.length === 0) return null;
  for (const name of processes) {
    // The name of a program may hold anything, brackets included.
    const parent = Number(read(`/proc/${name}/stat`).split(') ').at(-1)?.split(' ')[1]);
    children.set(parent, [...(children.get(parent) ?? []), Number(name)]);
  }
  const found = [...roots];
  for (const pid of found) found.push(...(children.get(pid) ?? []));
  return found;
}

/** Processes and threads end at any moment. */
function list(directory: string): string[] {
  try {
    return readdirSync(directory);
  } catch {
    return [];
  }
}

function read(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}
