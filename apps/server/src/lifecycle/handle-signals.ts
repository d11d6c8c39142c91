import type { Logger } from 'pino';

interface Process {
  on(signal: NodeJS.Signals, listener: (signal: NodeJS.Signals) => void): unknown;
  exit(code: number): void;
}

interface Options {
  readonly process: Process;
  readonly now: () => number;
  readonly logger: Pick<Logger, 'info' | 'warn'>;
}

/**
 * Ctrl-C under `npm start` arrives twice within a moment: from the terminal, and from npm, which passes it on. Only one that comes
 * later than this is a person who has lost patience.
 */
const SAME_KEYSTROKE_MS = 1_000;
const BY_SIGNAL = { SIGINT: 130, SIGTERM: 143 } as const;

/** The returned signal is aborted by the first SIGINT or SIGTERM; a second one ends the process at once. */
export function handleSignals({ process, now, logger }: Options): AbortSignal {
  const stop = new AbortController();
  let firstAt: number | null = null;
  for (const name of ['SIGINT', 'SIGTERM'] as const) {
    process.on(name, () => {
      if (firstAt === null) {
        firstAt = now();
        logger.info({ signal: name }, 'Stopping. Once more to stop at once.');
        stop.abort();
      } else if (now() - firstAt > SAME_KEYSTROKE_MS) {
        logger.warn({ signal: name }, 'Stopped at once.');
        process.exit(BY_SIGNAL[name]);
      }
    });
  }
  return stop.signal;
}
