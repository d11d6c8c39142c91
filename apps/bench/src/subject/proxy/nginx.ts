import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { connect, createServer } from 'node:net';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { PATH } from '../answer.ts';
import { bearerLines, createKeys } from '../peer/keys.ts';
import type { RunningSubject, SubjectContext, Unavailable } from '../subject.ts';
import { type NginxOptions, nginxConfiguration } from './nginx-configuration.ts';

/** The access log written line by line, as nginx does unless it is told otherwise, and as the guard's records are. */
export function startNginx(context: SubjectContext): Promise<RunningSubject | Unavailable> {
  return startWithLog(context, 'line');
}

/** The access log in blocks of 64 KiB: faster, and gone with the process. */
export function startNginxBuffered(context: SubjectContext): Promise<RunningSubject | Unavailable> {
  return startWithLog(context, 'buffered');
}

async function startWithLog(context: SubjectContext, log: NginxOptions['log']): Promise<RunningSubject | Unavailable> {
  const { directory, tokenCount, limit, upstreamPort } = context;
  const version = /nginx\/([\d.]+)/.exec(spawnSync('nginx', ['-v'], { encoding: 'utf8' }).stderr ?? '')?.[1];
  if (version === undefined || upstreamPort === null) return { unavailable: 'nginx is not installed' };
  const keys = createKeys(tokenCount);
  const port = await findFreePort();
  const file = path.join(directory, 'nginx.conf');
  await writeFile(file, nginxConfiguration({ directory, keys, limit, port, upstreamPort, log }));
  const child = spawn('nginx', ['-e', path.join(directory, 'error.log'), '-p', directory, '-c', file], {
    stdio: ['ignore', 'inherit', 'inherit'],
  });
  await untilListening(child, port);
  return { port, path: PATH, pids: [child.pid ?? 0], credentials: bearerLines(keys), close: () => stop(child) };
}

async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null) return;
  const ended = once(child, 'exit');
  child.kill('SIGTERM');
  await ended;
}

async function untilListening(child: ChildProcess, port: number): Promise<void> {
  while (!(await accepts(port))) {
    if (child.exitCode !== null) throw new Error(`nginx ended with ${child.exitCode}.`);
    await delay(20);
  }
}

function accepts(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.once('connect', () => resolve(true)).once('error', () => resolve(false));
    socket.once('connect', () => socket.destroy());
  });
}

/** nginx can not be asked which one it took. */
async function findFreePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const address = probe.address();
  probe.close();
  await once(probe, 'close');
  return address !== null && typeof address === 'object' ? address.port : 0;
}
