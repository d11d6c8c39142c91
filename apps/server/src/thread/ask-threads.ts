import { setTimeout as delay } from 'node:timers/promises';
import type { Logger } from 'pino';
import type { CallPort } from './call-port.ts';
import type { StartedThread } from './started-thread.ts';
import type { ThreadMethods } from './thread-protocol.ts';

/** Threads by their number. */
export type Threads = ReadonlyMap<number, StartedThread>;

/** A thread that does not apply a change within this time may not go on: it would accept what was revoked. */
const PATIENCE_MS = 5_000;
/** Longer nobody waits who only asks how it is. */
const ANSWER_MS = 2_000;

/** In every thread. One that ends meanwhile has nothing left to apply it to. */
export async function applyEverywhere(
  threads: Threads,
  logger: Logger,
  apply: (port: CallPort<ThreadMethods>) => Promise<unknown>,
): Promise<void> {
  const applyIn = async (number: number, thread: StartedThread): Promise<void> => {
    const applied = apply(thread.port);
    if (thread.isReady) await waitUntil(applied, number, thread, logger);
    // It has served nobody yet, and hears of this before it is told to listen. How long it takes to start is nobody's business.
    else applied.catch(() => undefined);
  };
  await Promise.all([...threads].map(([number, thread]) => applyIn(number, thread)));
}

async function waitUntil(applied: Promise<unknown>, number: number, thread: StartedThread, logger: Logger): Promise<void> {
  const stuck = setTimeout(() => {
    logger.error({ thread: number }, 'A thread did not apply a change of a token in time, and is ended');
    thread.terminate();
  }, PATIENCE_MS);
  await Promise.race([applied.catch(() => thread.ended), thread.ended]);
  clearTimeout(stuck);
}

/** The answers of those that serve and have not ended. @param late stands for the answer of one that hangs */
export async function askAll<Answer>(
  threads: Threads,
  ask: (port: CallPort<ThreadMethods>) => Promise<Answer>,
  late: readonly Answer[] = [],
): Promise<Answer[]> {
  const answerOf = ({ port }: StartedThread): Promise<readonly Answer[]> =>
    Promise.race([
      ask(port).then(
        (answer) => [answer],
        () => [],
      ),
      delay(ANSWER_MS, late, { ref: false }),
    ]);
  const answers = await Promise.all([...threads.values()].filter(({ isReady }) => isReady).map(answerOf));
  return ([] as Answer[]).concat(...answers);
}
