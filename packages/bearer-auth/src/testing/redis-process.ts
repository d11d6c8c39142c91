import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';

/** A process of redis-server, which can be hurt in every way a machine can hurt it. */
export interface RedisProcess {
  readonly port: number;
  readonly directory: string;
  /** Stops the process where it stands: connections stay open and nobody is answered. */
  pause(): void;
  resume(): void;
  /** Ends it at once, with everything it held. */
  kill(): Promise<void>;
  /** Starts it again on its port, with what is in its directory; resolves when it accepts connections. */
  start(): Promise<void>;
  /** Ends it for good and removes its directory. */
  close(): Promise<void>;
}

export interface RedisProcessOptions {
  /** Lines of its configuration. */
  readonly config?: readonly string[];
  readonly sentinel?: boolean;
}

const living = new Set<ChildProcess>();
process.once('exit', () => {
  for (const child of living) child.kill('SIGKILL');
});

/** Whether a server can be started on this machine. */
export function hasRedisServer(): boolean {
  return spawnSync('redis-server', ['--version']).status === 0;
}

/** Starts a process on a free port of the loopback address, with a directory of its own and nothing kept. */
export async function startRedisProcess({ config = [], sentinel = false }: RedisProcessOptions = {}): Promise<RedisProcess> {
  const port = await freePort();
  const directory = mkdtempSync(path.join(tmpdir(), 'latchkey-redis-'));
  const file = path.join(directory, 'redis.conf');
  const persistence = sentinel ? [] : ['save ""', 'appendonly no'];
  writeFileSync(file, [`port ${port}`, 'bind 127.0.0.1', `dir ${directory}`, ...persistence, ...config, ''].join('\n'));
  let child = await launch();

  async function launch() {
    const launched = spawn('redis-server', [file, ...(sentinel ? ['--sentinel'] : [])], { stdio: ['ignore', 'pipe', 'inherit'] });
    await new Promise<void>((resolve, reject) => {
      launched.stdout.on('data', (chunk) => /Ready to accept connections|Sentinel ID|Loading RDB/.test(String(chunk)) && resolve());
      launched.once('exit', (code) => reject(new Error(`redis-server ended with ${code}.`)));
    });
    // A test that fails half-way must not keep its process waiting for this one.
    launched.unref();
    (launched.stdout as Socket).unref();
    living.add(launched);
    launched.once('exit', () => living.delete(launched));
    return launched;
  }

  async function kill(): Promise<void> {
    if (child.exitCode !== null || child.signalCode !== null) return;
    child.kill('SIGKILL');
    await once(child, 'exit');
  }

  return {
    port,
    directory,
    pause: () => child.kill('SIGSTOP'),
    resume: () => child.kill('SIGCONT'),
    kill,
    async start() {
      child = await launch();
    },
    async close() {
      await kill();
      rmSync(directory, { recursive: true, force: true });
    },
  };
}

export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (address === null || typeof address === 'string') throw new Error('The server has no port.');
  return address.port;
}
