import type { StartedSubject } from '../subject/start-subject.ts';
import { type Bench, type Failure, type MeasureOptions, measureOnce } from './measure-once.ts';

/** By then what is hot has been compiled and every token is in the cache. */
const ENOUGH_REQUESTS = 30_000;
const MAX_RUNS = 3;

/** Sends until a server has had enough requests to be as fast as it gets; a slow one is not waited for endlessly. */
export async function warmUp(bench: Bench, server: StartedSubject, options: MeasureOptions): Promise<Failure | null> {
  let sent = 0;
  for (let run = 0; run < MAX_RUNS && sent < ENOUGH_REQUESTS; run += 1) {
    const measured = await measureOnce(bench, server, options);
    if ('failed' in measured) return measured;
    sent += measured.requestsPerSecond * options.seconds;
  }
  return null;
}
