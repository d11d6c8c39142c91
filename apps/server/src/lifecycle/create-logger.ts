import { type DestinationStream, destination, type Logger, pino, stdTimeFunctions } from 'pino';
import type { Config } from '../config/config.ts';

const STDERR = 2;
// Where a secret could come along with something that is logged. None is logged on purpose.
const SECRET_PATHS = ['authorization', 'cookie', 'x-api-key', 'password', 'token', 'secret'].flatMap((name) => [
  `["${name}"]`,
  `*["${name}"]`,
  `*.*["${name}"]`,
]);

/** The log goes to stderr: JSON for machines, short lines for a terminal. stdout is for what people wait for. `stream`: there instead, as JSON. */
export function createLogger({ logLevel }: Pick<Config, 'logLevel'>, stream?: DestinationStream): Logger {
  const options = {
    level: logLevel,
    base: null,
    timestamp: stdTimeFunctions.isoTime,
    redact: { paths: SECRET_PATHS, censor: '[removed]' },
  };
  return pino(options, stream ?? (process.stderr.isTTY ? terminal : destination({ fd: STDERR, sync: true })));
}

const terminal: DestinationStream = {
  write(text) {
    const { level, time, msg, ...fields } = JSON.parse(text);
    const details = Object.keys(fields).length > 0 ? ` ${JSON.stringify(fields)}` : '';
    process.stderr.write(`${String(time).slice(11, 19)} ${pino.levels.labels[level]?.toUpperCase().padEnd(5)} ${msg}${details}\n`);
  },
};
