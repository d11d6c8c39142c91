import type { Logger } from 'pino';

/** Work that nobody waits for: started once an answer has left. */
export interface BackgroundTasks {
  run(label: string, task: () => Promise<void>): void;
  /** Resolves when everything that was started has ended. */
  settled(): Promise<void>;
}

/** Failures are logged under the task's label, and reach nobody else. */
export function createBackgroundTasks(logger: Pick<Logger, 'error'>): BackgroundTasks {
  const running = new Set<Promise<void>>();
  return {
    run(label, task) {
      const ended = task()
        .catch((error: unknown) => logger.error({ err: error, task: label }, 'A deferred task failed'))
        .finally(() => running.delete(ended));
      running.add(ended);
    },
    async settled() {
      await Promise.all(running);
    },
  };
}
