import { readFileSync } from 'node:fs';

/**
 * Stops every process of the embedded PostgreSQL. Storing usage is the same work however many threads serve; while threads are measured it must not
 * take the cores that they are to have. Answers how to let it go on.
 */
export function pauseDatabase(dataDirectory: string): () => void {
  const postmaster = Number(readFileSync(`${dataDirectory}/postgres/postmaster.pid`, 'utf8').split('\n', 1)[0]);
  const children = readFileSync(`/proc/${postmaster}/task/${postmaster}/children`, 'utf8').trim().split(' ').map(Number);
  const processes = [postmaster, ...children].filter((pid) => pid > 0);
  const signal = (name: NodeJS.Signals): void => {
    for (const pid of processes) {
      try {
        process.kill(pid, name);
      } catch {
        // It has ended by itself.
      }
    }
  };
  signal('SIGSTOP');
  return () => signal('SIGCONT');
}
