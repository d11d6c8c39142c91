import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { findFreePort } from '../../testing/latchkey-process.ts';

/** A proxy of another project, with the configuration that our documentation shows. */
export interface TestProxy {
  readonly url: string;
  /** What it has said so far. */
  readonly said: () => string;
  close(): Promise<void>;
}

export interface ProxyTargets {
  /** In place of `127.0.0.1:3010` of the example. */
  readonly latchkeyUrl: string;
  /** In place of `127.0.0.1:8081`. */
  readonly apiUrl: string;
}

export type ProxyName = 'nginx' | 'caddy';

const EXAMPLES = new URL('../../../../../docs/examples/forward-auth/', import.meta.url);
const VERSION_ARGUMENTS: Record<ProxyName, string> = { nginx: '-v', caddy: 'version' };

/** Whether it can be started on this machine. */
export function hasProxy(name: ProxyName): boolean {
  return spawnSync(commandOf(name), [VERSION_ARGUMENTS[name]]).status === 0;
}

/** Starts it as whoever runs the tests, on a free port of the loopback address, with all its files in a directory of its own. */
export async function startProxy(name: ProxyName, targets: ProxyTargets): Promise<TestProxy> {
  const directory = await mkdtemp(path.join(tmpdir(), `latchkey-${name}-`));
  const port = await findFreePort();
  await writeExample(name, directory, targets, port);
  const child = spawn(commandOf(name), await argumentsOf(name, directory), { env: { HOME: directory, PATH: process.env.PATH } });
  let said = '';
  for (const output of [child.stdout, child.stderr]) output.setEncoding('utf8').on('data', (text: string) => (said += text));
  const close = async (): Promise<void> => {
    if (child.exitCode === null) {
      child.kill('SIGTERM');
      await once(child, 'exit');
    }
    await rm(directory, { recursive: true, force: true });
  };
  try {
    await reachable(port, () => child.exitCode !== null);
  } catch (error) {
    await close();
    throw new Error(`${name}: ${said}`, { cause: error });
  }
  return { url: `http://127.0.0.1:${port}`, said: () => said, close };
}

/** `sbin` is on root's path only. */
function commandOf(name: ProxyName): string {
  return name === 'nginx' && spawnSync('nginx', ['-v']).error !== undefined ? '/usr/sbin/nginx' : name;
}

const EXAMPLE_FILES: Record<ProxyName, string> = { nginx: 'nginx.conf', caddy: 'Caddyfile' };

/** The example as it is documented, but for where its neighbours are. */
async function writeExample(name: ProxyName, directory: string, { latchkeyUrl, apiUrl }: ProxyTargets, port: number): Promise<void> {
  const example = await readFile(new URL(EXAMPLE_FILES[name], EXAMPLES), 'utf8');
  const placed = example
    .replaceAll('127.0.0.1:3010', new URL(latchkeyUrl).host)
    .replaceAll('127.0.0.1:8081', new URL(apiUrl).host)
    .replaceAll(/(?<=127\.0\.0\.1:|:)8080\b/g, String(port));
  await writeFile(path.join(directory, 'example.conf'), placed);
}

async function argumentsOf(name: ProxyName, directory: string): Promise<string[]> {
  const file = path.join(directory, `${name}.conf`);
  await writeFile(file, name === 'nginx' ? nginxMain(directory) : CADDY_MAIN);
  return name === 'nginx' ? ['-p', directory, '-c', file, '-e', 'stderr'] : ['run', '--config', file, '--adapter', 'caddyfile'];
}

function nginxMain(directory: string): string {
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map((kind) => `${kind}_temp_path ${directory}/${kind};`);
  return `daemon off; master_process off; pid ${directory}/nginx.pid; error_log stderr warn; events {}
    http { access_log off; ${temporary.join(' ')} include ${directory}/example.conf; }`;
}

const CADDY_MAIN = '{\n  admin off\n  auto_https off\n}\nimport example.conf\n';

/** Neither says when it is ready. */
async function reachable(port: number, hasEnded: () => boolean): Promise<void> {
  for (const giveUpAt = Date.now() + 20_000; Date.now() < giveUpAt && !hasEnded(); ) {
    if (await accepts(port)) return;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  throw new Error('It does not accept connections.');
}

function accepts(port: number): Promise<boolean> {
  const { promise, resolve } = Promise.withResolvers<boolean>();
  const socket = connect(port, '127.0.0.1', () => resolve(true)).on('error', () => resolve(false));
  return promise.finally(() => socket.destroy());
}
