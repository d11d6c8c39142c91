import { readFileSync, writeFileSync } from 'node:fs';
import { setPriority } from 'node:os';

/** A third of a processor's time where others want all of it; all of it where nobody does. */
const NICENESS = 5;
const THIS_THREAD = 0;

/**
 * Lets threads and processes that answer requests go first. On Linux priorities belong to threads, and 0 is the calling one; elsewhere it would
 * be the whole process, so nothing is done there. Of a process that is not ours to change nothing is changed.
 */
export function yieldToRequests(processId = THIS_THREAD): void {
  if (process.platform !== 'linux') return;
  try {
    setPriority(processId, NICENESS);
    if (processId !== THIS_THREAD) yieldAsGroup(processId);
  } catch {
    // It works all the same, only less politely.
  }
}

/**
 * Where Linux shares processors among sessions first (`sched_autogroup_enabled`, on by default outside of services and containers), each process
 * of PostgreSQL is a session of its own, and its priority counts for nothing against other sessions: there it is the session that has one.
 */
function yieldAsGroup(processId: number): void {
  const readGroup = (of: number | 'self') => readFileSync(`/proc/${of}/autogroup`, 'latin1').split(' ', 1)[0];
  if (readGroup(processId) !== readGroup('self')) writeFileSync(`/proc/${processId}/autogroup`, String(NICENESS));
}
