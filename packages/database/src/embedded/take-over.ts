import { readFile, readlink, realpath } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

/**
 * Stops the PostgreSQL that a killed Latchkey left behind. Its data is safe: a fast shutdown writes everything out, and what even that
 * could not write, PostgreSQL recovers from its own log at the next start. The caller holds the data directory, so whoever runs on it
 * belongs to nobody.
 */
export async function stopAbandonedPostmaster(clusterDirectory: string): Promise<boolean> {
  const pid = await readPostmasterPid(clusterDirectory);
  if (pid === null || !(await isPostmasterOf(pid, clusterDirectory))) return false;
  const stillRuns = () => isPostmasterOf(pid, clusterDirectory);
  for (const [signal, patienceMs] of [
    ['SIGINT', 15_000],
    ['SIGQUIT', 5_000],
    ['SIGKILL', 5_000],
  ] as const) {
    sendSignal(pid, signal);
    if (await waitUntilNot(stillRuns, patienceMs)) return true;
  }
  throw new Error(
    `PostgreSQL (process ${pid}) still runs on ${clusterDirectory} and cannot be stopped. Stop it by hand, then start again.`,
  );
}

async function readPostmasterPid(clusterDirectory: string): Promise<number | null> {
  const text = await readFile(path.join(clusterDirectory, 'postmaster.pid'), 'utf8').catch(() => '');
  const pid = Number(text.split('\n', 1)[0]);
  return Number.isInteger(pid) && pid > 1 ? pid : null;
}

/** Process numbers are used again, so a living process counts only if it works in that directory. A zombie does not. */
async function isPostmasterOf(pid: number, clusterDirectory: string): Promise<boolean> {
  if (process.platform !== 'linux') return isAlive(pid);
  const workingDirectory = await readlink(`/proc/${pid}/cwd`).catch(() => null);
  return workingDirectory !== null && workingDirectory === (await realpath(clusterDirectory));
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

function sendSignal(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch {
    // It ended by itself.
  }
}

/** There is no event for the end of somebody else's child: look again until it has gone or patience has. */
async function waitUntilNot(holds: () => Promise<boolean>, patienceMs: number): Promise<boolean> {
  for (const end = performance.now() + patienceMs; performance.now() < end; ) {
    if (!(await holds())) return true;
    await delay(25);
  }
  return !(await holds());
}
