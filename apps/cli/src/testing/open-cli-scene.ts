import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { ADMIN, type LatchkeyProcess, refuseLeaksIn, startLatchkeyProcess } from '@latchkey/server/testing';
import { type Run, type RunOptions, runLatchkey } from './run-latchkey.ts';

/** The real server, and a home for the sessions of the program. */
export interface CliScene {
  readonly server: LatchkeyProcess;
  readonly url: string;
  /** For the environment of the program. */
  readonly config: Readonly<Record<string, string>>;
  readonly sessionFile: string;
  /** One command of whoever is signed in. */
  run(args: readonly string[], options?: RunOptions): Promise<Run>;
  /** The same, which must end well; answers what it said as JSON. */
  json(args: readonly string[], options?: RunOptions): Promise<Record<string, unknown>>;
  signIn(): Promise<Run>;
  /** Rejects where the text of a token is in what the server or the program leaves behind. */
  close(): Promise<void>;
}

export async function openCliScene(env: Readonly<Record<string, string>> = {}): Promise<CliScene> {
  const directory = await mkdtemp(path.join(tmpdir(), 'latchkey-cli-'));
  // The embedded database of a server that root starts belongs to another user.
  await chmod(directory, 0o711);
  const server = await startLatchkeyProcess({ PORT: '0', LATCHKEY_DATA_DIR: path.join(directory, 'data'), ...env });
  const config = { XDG_CONFIG_HOME: path.join(directory, 'config'), XDG_CACHE_HOME: path.join(directory, 'cache') };
  const run: CliScene['run'] = (args, options = {}) => runLatchkey(args, { ...options, env: { ...config, ...options.env } });
  return {
    server,
    url: server.url,
    config,
    sessionFile: path.join(directory, 'config/latchkey/session.json'),
    run,
    async json(args, options) {
      const { code, stdout, stderr } = await run(['--json', ...args], options);
      if (code !== 0) throw new Error(`latchkey ${args.join(' ')} ended with ${code}: ${stderr}`);
      return JSON.parse(stdout);
    },
    signIn: () => run(['login', server.url, '--email', ADMIN.email, '--password-stdin'], { input: `${ADMIN.password}\n` }),
    async close() {
      try {
        await server.stop();
        refuseLeaksIn(directory, 'what the program keeps');
      } finally {
        await rm(directory, { recursive: true, force: true });
      }
    },
  };
}
