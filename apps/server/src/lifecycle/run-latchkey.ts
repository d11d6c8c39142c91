import { setTimeout as delay } from 'node:timers/promises';
import type { Logger } from 'pino';
import { type Config, ConfigError, loadConfig } from '../config/config.ts';
import { createLogger } from './create-logger.ts';
import { describeStartError } from './describe-start-error.ts';
import { handleSignals } from './handle-signals.ts';
import { type Latchkey, startLatchkey } from './start-latchkey.ts';

/** Longer than any request may take, shorter than the patience of those who stop services. */
const CLOSE_WITHIN_MS = 25_000;

/** The whole life of the process. Ends it with 0 after a signal, otherwise with 1 and one line that says why. */
export async function runLatchkey(): Promise<never> {
  const config = loadConfigOrExit();
  const logger = createLogger(config);
  for (const name of config.unknownNames) logger.warn({ name }, 'There is no such setting.');
  const stop = handleSignals({ process, now: () => performance.now(), logger });
  const latchkey = await startOrExit(config, logger, stop);
  if (latchkey.setUpLink) console.log(`Create the first administrator: ${latchkey.setUpLink}`);
  console.log(`Latchkey is ready: ${latchkey.url}`);
  const failure = await Promise.race([untilAborted(stop), latchkey.failed, untilDefect(logger)]);
  if (failure) logger.fatal({ failure }, 'Latchkey cannot go on.');
  const closed = await closeInTime(latchkey, logger);
  process.exit(failure || !closed ? 1 : 0);
}

function loadConfigOrExit(): Config {
  try {
    return loadConfig();
  } catch (error) {
    console.error(error instanceof ConfigError ? error.message : error);
    process.exit(1);
  }
}

async function startOrExit(config: Config, logger: Logger, stop: AbortSignal): Promise<Latchkey> {
  try {
    return await startLatchkey({ config, logger, stop });
  } catch (error) {
    if (stop.aborted) process.exit(0);
    logger.debug({ err: error }, 'The start failed.');
    console.error(describeStartError(error, config));
    process.exit(1);
  }
}

function untilAborted(stop: AbortSignal): Promise<null> {
  return new Promise((resolve) => {
    if (stop.aborted) resolve(null);
    else stop.addEventListener('abort', () => resolve(null), { once: true });
  });
}

/** After an error that nobody caught the state is unknown: say so, close what can be closed, and let the supervisor start a new one. */
function untilDefect(logger: Logger): Promise<string> {
  return new Promise((resolve) => {
    process.on('uncaughtException', (error, origin) => {
      logger.fatal({ err: error, origin }, 'An error that nobody caught.');
      resolve(`${origin}: ${error.message}`);
    });
  });
}

async function closeInTime(latchkey: Latchkey, logger: Logger): Promise<boolean> {
  const close = latchkey.close().then(
    () => true,
    (error: unknown) => {
      logger.error({ err: error }, 'Not everything could be closed in order.');
      return false;
    },
  );
  const late = delay(CLOSE_WITHIN_MS, false, { ref: false });
  return Promise.race([close, late]);
}
