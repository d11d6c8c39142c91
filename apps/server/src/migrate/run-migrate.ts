import { DEFAULT_POLICY } from '@latchkey/core';
import { type Config, ConfigError, loadConfig } from '../config/config.ts';
import { createLogger } from '../lifecycle/create-logger.ts';
import { describeStartError } from '../lifecycle/describe-start-error.ts';
import { openStorage } from '../lifecycle/start-latchkey.ts';

const USAGE = 'Usage: npm run migrate [-- up | check]';

/**
 * `up` (the default) brings the tables up to date without serving; `check` says how they differ from what this version expects.
 * Answers the exit status: 0 where all is as it should be.
 */
export async function runMigrate(parameters: readonly string[]): Promise<number> {
  const [command = 'up', ...rest] = parameters;
  if (rest.length > 0 || (command !== 'up' && command !== 'check')) return fail(USAGE);
  const config = readConfig();
  if (typeof config === 'string') return fail(config);
  try {
    return await run(command, config);
  } catch (error) {
    return fail(describeStartError(error, config));
  }
}

async function run(command: 'up' | 'check', config: Config): Promise<number> {
  await using parts = new AsyncDisposableStack();
  const { database } = await openStorage({ config, policy: DEFAULT_POLICY, logger: createLogger({ logLevel: 'warn' }), parts });
  if (command === 'up') {
    const applied = await database.migrate();
    return say(applied.length === 0 ? 'The tables are up to date.' : `Migrated: ${applied.join(', ')}.`);
  }
  const difference = await database.checkSchema();
  return difference === ''
    ? say('The tables are as this version expects them.')
    : fail(`The tables differ from what this version expects:\n${difference}`);
}

function readConfig(): Config | string {
  try {
    return loadConfig();
  } catch (error) {
    if (error instanceof ConfigError) return error.message;
    throw error;
  }
}

function say(text: string): number {
  process.stdout.write(`${text}\n`);
  return 0;
}

function fail(text: string): number {
  process.stderr.write(`${text}\n`);
  return 1;
}
