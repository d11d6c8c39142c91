import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';

/** Which processor the server under test has for itself, and which one all others share. */
export interface Cores {
  /** `null`: processes run where the system puts them. */
  readonly server: number | null;
  readonly others: number | null;
  /** In words, for the report. */
  readonly description: string;
}

export function chooseCores(): Cores {
  const allowed = listAllowedCores();
  const [others, server] = [allowed.at(0), allowed.at(-1)];
  if (spawnSync('taskset', ['--version']).status !== 0) return unpinned('there is no taskset here');
  if (others === undefined || server === undefined || others === server) return unpinned('one processor is all there is');
  return {
    server,
    others,
    description: `the server under test alone on processor ${server}; load generator, upstream and PostgreSQL on processor ${others}`,
  };
}

/** The command that runs `command` on that processor. */
export function pinned(core: number | null, command: readonly string[]): [string, ...string[]] {
  const [program = '', ...parameters] = command;
  return core === null ? [program, ...parameters] : ['taskset', '--cpu-list', String(core), program, ...parameters];
}

/** Moves those threads of a process that `isMeant` says yes to, by their names: the first one has that of the program. */
export function moveThreads(pid: number, core: number, isMeant: (name: string) => boolean): void {
  for (const thread of readdirSync(`/proc/${pid}/task`)) {
    if (!isMeant(readFileSync(`/proc/${pid}/task/${thread}/comm`, 'utf8').trim())) continue;
    const { status, stderr } = spawnSync('taskset', ['--cpu-list', '--pid', String(core), thread], { encoding: 'utf8' });
    if (status !== 0) throw new Error(`Thread ${thread} could not be moved to processor ${core}: ${stderr.trim()}`);
  }
}

function unpinned(reason: string): Cores {
  return { server: null, others: null, description: `not pinned: ${reason}; expect more spread` };
}

/** From `0-1,4` of `/proc`. */
function listAllowedCores(): number[] {
  const list = /^Cpus_allowed_list:\s*(\S+)/m.exec(readProcStatus())?.[1] ?? '';
  return list.split(',').flatMap((range) => {
    const [first = '', last = first] = range.split('-');
    if (first === '') return [];
    return Array.from({ length: Number(last) - Number(first) + 1 }, (_, index) => Number(first) + index);
  });
}

function readProcStatus(): string {
  try {
    return readFileSync('/proc/self/status', 'utf8');
  } catch {
    return '';
  }
}
