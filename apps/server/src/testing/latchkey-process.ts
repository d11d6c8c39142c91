import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { refuseLeaksIn } from '@latchkey/database/testing';
import { createOutputSearch } from './output-search.ts';

export { refuseLeaksIn };

const MAIN = new URL('../main.ts', import.meta.url).pathname;
const DEMO = new URL('../demo/main.ts', import.meta.url).pathname;
const LOGGING = process.env.VITEST !== undefined && { LATCHKEY_LOG_LEVEL: 'debug' };
/** One for all servers of all runs: they start in two thirds of the time. */
const COMPILED = path.join(tmpdir(), `latchkey-compiled-${process.getuid?.() ?? 'user'}`);
const LONGEST_SAID = 100_000;
const READY = /^Latchkey is ready: (http:\/\/\S+)$/m;

export const ADMIN = { email: 'admin@example.com', password: 'correct horse battery staple' };

/** The real server in a process of its own. */
export interface LatchkeyProcess {
  readonly url: string;
  readonly child: ChildProcess;
  /** What it has said so far, on both outputs; the last 100,000 characters. */
  readonly said: () => string;
  /** Ends it as a crash would: no handler runs. Rejects where it has said the text of a token. */
  killHard(): Promise<void>;
  /** SIGTERM, unless it has ended; answers the exit code. Rejects where the text of a token is in what it said or in its data directory. */
  stop(): Promise<number | null>;
}

/**
 * Starts `main.ts` with nothing of this process's environment but what is given; rejects with what it said when it ends before it is ready.
 * In a test it logs from debug on if it is not told otherwise, so that there is much to search for what must not be said; where something is
 * measured, at its own default.
 */
export function startLatchkeyProcess(env: Record<string, string>): Promise<LatchkeyProcess> {
  return startProcess(MAIN, env);
}

/** Starts the demo in the same way. */
export function startDemoProcess(env: Record<string, string>): Promise<LatchkeyProcess> {
  return startProcess(DEMO, env);
}

async function startProcess(entry: string, env: Record<string, string>): Promise<LatchkeyProcess> {
  const child = spawn(process.execPath, [entry], {
    env: { NODE_COMPILE_CACHE: COMPILED, LATCHKEY_ADMIN_EMAIL: ADMIN.email, LATCHKEY_ADMIN_PASSWORD: ADMIN.password, ...LOGGING, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const ended = once(child, 'close').then(([code]) => code as number | null);
  const { said, search } = collectOutput(child);
  const url = await readReadyLine(child, said, ended);
  return {
    url,
    child,
    said,
    async killHard() {
      child.kill('SIGKILL');
      await ended;
      search.refuse();
    },
    async stop() {
      child.kill('SIGTERM');
      const code = await ended;
      search.refuse();
      if (env.LATCHKEY_DATA_DIR !== undefined) refuseLeaksIn(env.LATCHKEY_DATA_DIR, 'the data directory of a server');
      return code;
    },
  };
}

function collectOutput(child: ChildProcess) {
  const search = createOutputSearch('what a server has said');
  let said = '';
  for (const name of ['stdout', 'stderr'] as const) {
    child[name]?.setEncoding('utf8').on('data', (text: string) => {
      search.push(name, text);
      said = `${said}${text}`.slice(-LONGEST_SAID);
    });
  }
  return { search, said: () => said };
}

function readReadyLine(child: ChildProcess, said: () => string, ended: Promise<number | null>): Promise<string> {
  return new Promise((resolve, reject) => {
    child.stdout?.on('data', () => {
      const url = READY.exec(said())?.[1];
      if (url !== undefined) resolve(url);
    });
    void ended.then((code) => reject(new Error(`Latchkey ended with ${code} before it was ready: ${said()}`)));
  });
}

/** A port that was free a moment ago, for servers that have to come back under the same address. */
export async function findFreePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const address = probe.address();
  probe.close();
  await once(probe, 'close');
  if (address === null || typeof address === 'string') throw new Error('The probe has no port.');
  return address.port;
}

/** The address of the embedded database, with its password, for looking behind the scenes. */
export async function embeddedDatabaseUrl(dataDirectory: string): Promise<string> {
  const [, , , port] = (await readFile(path.join(dataDirectory, 'postgres/postmaster.pid'), 'utf8')).split('\n');
  const password = await readFile(path.join(dataDirectory, 'postgres-password'), 'utf8');
  return `postgres://latchkey:${password.trim()}@127.0.0.1:${port?.trim()}/latchkey`;
}
