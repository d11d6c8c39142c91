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
  } catch {
    // It works all the same, only less politely.
  }
}
