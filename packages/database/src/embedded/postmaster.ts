import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { setTimeout as delay } from 'node:timers/promises';
import { addressCluster, type Cluster } from './cluster.ts';
import type { EmbeddedPostgresLogger } from './embedded-postgres-logger.ts';
import { postgresEnvironment } from './postgres-runtime.ts';

/** One run of the PostgreSQL server process. */
export interface Postmaster {
  /** Resolves, with how it ended, when the process has. */
  readonly exited: Promise<string>;
  stop(): Promise<void>;
}

export interface PostmasterOptions {
  readonly port: number;
  readonly settings: Readonly<Record<string, string>>;
  readonly logger: EmbeddedPostgresLogger;
}

/** A PostgreSQL that ended before it accepted connections; `lines` is what it said. */
export class PostmasterStartError extends Error {
  readonly lines: readonly string[];
  constructor(ending: string, lines: readonly string[]) {
    super(
      `PostgreSQL did not start (${ending}): ${lines.find((line) => /^(FATAL|PANIC)/.test(line)) ?? lines.at(-1) ?? 'it said nothing'}`,
    );
    this.name = 'PostmasterStartError';
    this.lines = lines;
  }
}

// Loopback only and no socket files, whatever a postgresql.conf says. Errors are logged without the values they are about.
const FIXED_SETTINGS = {
  listen_addresses: '127.0.0.1',
  unix_socket_directories: '',
  password_encryption: 'scram-sha-256',
  log_destination: 'stderr',
  logging_collector: 'off',
  log_line_prefix: '',
  log_error_verbosity: 'terse',
  log_min_error_statement: 'panic',
  log_statement: 'none',
};

/** Resolves when it accepts connections; throws `PostmasterStartError` if it ends before. */
export async function startPostmaster(cluster: Cluster, { port, settings, logger }: PostmasterOptions): Promise<Postmaster> {
  const { cwd, dataDirectory } = addressCluster(cluster);
  const flags = Object.entries({ ...settings, ...FIXED_SETTINGS }).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
  const child = spawn(cluster.runtime.postgres, ['-D', dataDirectory, '-p', String(port), ...flags], {
    cwd,
    env: postgresEnvironment(cluster.runtime.libraryDirectory),
    stdio: ['ignore', 'ignore', 'pipe'],
    // A group of its own: Ctrl-C in the terminal must reach Latchkey only, which still needs the database to end in order.
    detached: true,
    ...cluster.user,
  });
  const exited = waitForExit(child);
  killWithThisProcess(child);
  const lines: string[] = [];
  await new Promise<void>((resolve, reject) => {
    readMessages(child, (line) => {
      if (lines.length < 100) lines.push(line);
      logMessage(logger, line);
      if (line.includes('database system is ready to accept connections')) resolve();
    });
    void exited.then((ending) => reject(new PostmasterStartError(ending, lines)));
  });
  return { exited, stop: () => stopPostmaster(child, exited) };
}

function waitForExit(child: ChildProcess): Promise<string> {
  return new Promise((resolve) => {
    child.once('error', (error) => resolve(error.message));
    child.once('close', (code, signal) => resolve(signal ? `killed by ${signal}` : `exit code ${code}`));
  });
}

/** The last resort where a process ends without `stop()`: an immediate shutdown, which the next start recovers from. */
function killWithThisProcess(child: ChildProcess): void {
  const kill = () => void child.kill('SIGQUIT');
  process.on('exit', kill);
  child.once('exit', () => process.off('exit', kill));
}

function readMessages(child: ChildProcess, onLine: (line: string) => void): void {
  if (child.stderr) createInterface({ input: child.stderr }).on('line', onLine);
}

function logMessage(logger: EmbeddedPostgresLogger, line: string): void {
  const fields = { part: 'postgres' };
  if (/^(FATAL|PANIC|ERROR):/.test(line)) logger.warn(fields, line);
  else logger.debug(fields, line);
}

/** Fast shutdown (every connection is ended, everything written out), then an immediate one, then the hard way. */
async function stopPostmaster(child: ChildProcess, exited: Promise<string>): Promise<void> {
  for (const [signal, patienceMs] of [
    ['SIGINT', 15_000],
    ['SIGQUIT', 5_000],
    ['SIGKILL', 5_000],
  ] as const) {
    if (child.exitCode !== null || child.signalCode !== null) break;
    child.kill(signal);
    const patience = new AbortController();
    await Promise.race([exited, delay(patienceMs, undefined, { signal: patience.signal }).catch(() => undefined)]);
    patience.abort();
  }
  await exited;
}

export async function findFreePort(): Promise<number> {
  const { createServer } = await import('node:net');
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (typeof address === 'object' && address) return address.port;
  throw new Error('No free port on 127.0.0.1.');
}
