import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { ADMIN, findFreePort, type LatchkeyProcess, startDemoProcess, startLatchkeyProcess } from '@latchkey/server/testing';
import { addManyTokens } from '@latchkey/server/testing/add-many-tokens';
import { addWebhook } from './add-webhook.ts';

/** The real server on an empty data directory of its own, which goes when the server is closed. */
export interface TestServer {
  readonly url: string;
  /** What it printed so far. */
  readonly said: () => string;
  close(): Promise<void>;
}

/** Without an account: it prints a set-up link. */
export function launchFreshServer(): Promise<TestServer> {
  return launch((directory) =>
    startLatchkeyProcess({ PORT: '0', LATCHKEY_DATA_DIR: directory, LATCHKEY_ADMIN_EMAIL: '', LATCHKEY_ADMIN_PASSWORD: '' }),
  );
}

/** With the demo's tokens and traffic, a webhook, and the password of its administrator. */
export async function launchDemoServer(): Promise<TestServer & { email: string; password: string }> {
  // The gateway that the demo's past records are of.
  const gateway = { LATCHKEY_GATEWAY_NAME: 'local' };
  const env = { PORT: '0', LATCHKEY_WEBHOOK_ALLOW_PRIVATE: '127.0.0.0/8', ...gateway };
  const server = await launch((directory) => startDemoProcess({ ...env, LATCHKEY_DATA_DIR: directory }));
  const [, email = '', password = ''] = /Sign in as (\S+) with the password (\S+)/.exec(server.said()) ?? [];
  const webhook = await addWebhook({ url: server.url, email, password }).catch(async (error: unknown) => {
    await server.close();
    throw error;
  });
  return {
    ...server,
    email,
    password,
    async close() {
      await server.close();
      await webhook.close();
    },
  };
}

/** With an administrator and the rules of the example configuration. */
export async function launchRuledServer(): Promise<TestServer & { email: string; password: string }> {
  const config = path.resolve(import.meta.dirname, '../../../latchkey.config.example.ts');
  const server = await launch((directory) => startLatchkeyProcess({ PORT: '0', LATCHKEY_DATA_DIR: directory, LATCHKEY_CONFIG: config }));
  return { ...server, ...ADMIN };
}

export type CrowdedServer = Awaited<ReturnType<typeof launchCrowdedServer>>;

/** With an administrator and 10,000 tokens. It can go away, and come back under the same address. */
export async function launchCrowdedServer() {
  const parent = await makeDirectory();
  const directory = path.join(parent, 'data');
  const env = { PORT: String(await findFreePort()), LATCHKEY_DATA_DIR: directory };
  let process = await startLatchkeyProcess(env);
  await addManyTokens(directory, 10_000);
  return {
    ...ADMIN,
    url: process.url,
    stop: () => process.stop(),
    async restart() {
      process = await startLatchkeyProcess(env);
    },
    async close() {
      await process.stop();
      await rm(parent, { recursive: true, force: true });
    },
  };
}

async function makeDirectory(): Promise<string> {
  const parent = await mkdtemp(path.join(tmpdir(), 'latchkey-e2e-'));
  await chmod(parent, 0o711);
  return parent;
}

async function launch(start: (directory: string) => Promise<LatchkeyProcess>): Promise<TestServer> {
  const parent = await makeDirectory();
  const server = await start(path.join(parent, 'data'));
  return {
    url: server.url,
    said: server.said,
    async close() {
      await server.stop();
      await rm(parent, { recursive: true, force: true });
    },
  };
}
