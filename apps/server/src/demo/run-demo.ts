import { randomBytes } from 'node:crypto';
import path from 'node:path';
import { createTokenDigester, createTokenMint } from '@latchkey/bearer-auth';
import type { Logger } from 'pino';
import { type Config, ConfigError, loadConfig } from '../config/config.ts';
import { createLogger } from '../lifecycle/create-logger.ts';
import { describeStartError } from '../lifecycle/describe-start-error.ts';
import { handleSignals } from '../lifecycle/handle-signals.ts';
import { type Latchkey, startLatchkey } from '../lifecycle/start-latchkey.ts';
import { renewDemoDirectory } from './demo-directory.ts';
import { runLiveTraffic } from './live-traffic.ts';
import { type DemoToken, seedDemo } from './seed-demo.ts';

const EMAIL = 'demo@example.com';

/** The server with a dozen made-up consumers, their last fourteen days, and their calls from now on. */
export async function runDemo(): Promise<never> {
  const config = readDemoConfig();
  const logger = createLogger(config);
  const stop = handleSignals({ process, now: () => performance.now(), logger });
  const tokens: DemoToken[] = [];
  const latchkey = await startOrExit(config, logger, stop, tokens);
  announce(latchkey.url, config.admin?.password ?? '');
  const failure = await Promise.race([runLiveTraffic({ origin: latchkey.url, tokens, signal: stop }).then(() => null), latchkey.failed]);
  if (failure) logger.fatal({ failure }, 'The demo cannot go on.');
  await latchkey.close();
  process.exit(failure ? 1 : 0);
}

/** The environment's settings, but for what would touch anything real. */
function readDemoConfig(): Config {
  try {
    const config = loadConfig();
    return {
      ...config,
      dataDirectory: `${config.dataDirectory}-demo`,
      configFile: path.join(import.meta.dirname, 'latchkey.config.ts'),
      databaseUrl: null,
      upstreamUrl: null,
      valkey: null,
      admin: { email: EMAIL, password: randomBytes(12).toString('base64url') },
      logLevel: config.logLevel === 'info' ? 'warn' : config.logLevel,
    };
  } catch (error) {
    console.error(error instanceof ConfigError ? error.message : error);
    process.exit(1);
  }
}

async function startOrExit(config: Config, logger: Logger, stop: AbortSignal, tokens: DemoToken[]): Promise<Latchkey> {
  try {
    console.log(`Demo: made-up data in ${path.relative(process.cwd(), config.dataDirectory)}, emptied at each start.`);
    await renewDemoDirectory(config.dataDirectory);
    return await startLatchkey({
      config,
      logger,
      stop,
      demo: { fill: (database, secrets) => fill(database, secrets.tokenSecrets, tokens) },
    });
  } catch (error) {
    if (stop.aborted) process.exit(0);
    console.error(describeStartError(error, config));
    process.exit(1);
  }
}

type Fill = Parameters<typeof seedDemo>[0];

async function fill(
  { tokens, usageStore }: Pick<Fill, 'tokens' | 'usageStore'>,
  secrets: readonly string[],
  made: DemoToken[],
): Promise<void> {
  const mint = createTokenMint(createTokenDigester({ secrets }));
  made.push(...(await seedDemo({ tokens, usageStore, mint, now: Date.now(), onProgress: showProgress })));
}

function showProgress(day: number, days: number, records: number): void {
  const text = `Writing traffic: day ${day} of ${days}, ${records.toLocaleString('en')} requests`;
  if (!process.stdout.isTTY) return void (day === days && console.log(text));
  process.stdout.write(`\r${text}${day === days ? '\n' : ''}`);
}

function announce(url: string, password: string): void {
  console.log(`Sign in as ${EMAIL} with the password ${password}`);
  console.log(`Latchkey is ready: ${url}`);
}
