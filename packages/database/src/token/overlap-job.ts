import type { SecretStore } from './secret-store.ts';

export interface OverlapJob {
  /** Ends quiet overlaps now and every minute until `stop`. */
  start(): void;
  /** Waits for a run that is under way. */
  stop(): Promise<void>;
}

const MINUTE_MS = 60_000;

/** Ends the overlaps that are to end once the old secret is quiet. Several processes may run it. */
export function createOverlapJob(secrets: Pick<SecretStore, 'endQuiet'>, onError: (error: unknown) => void): OverlapJob {
  let timer: NodeJS.Timeout | undefined;
  let running: Promise<void> = Promise.resolve();

  function run(): void {
    running = running.then(async () => void (await secrets.endQuiet())).catch(onError);
  }

  return {
    start() {
      if (timer) return;
      run();
      timer = setInterval(run, MINUTE_MS).unref();
    },
    async stop() {
      clearInterval(timer);
      timer = undefined;
      await running;
    },
  };
}
