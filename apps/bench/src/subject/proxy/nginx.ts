import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
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
  const { child, port } = await startOnFreePort({ directory, keys, limit, upstreamPort, log });
  return { port, path: PATH, pids: [child.pid ?? 0], credentials: bearerLines(keys), close: () => stop(child) };
}

const ATTEMPTS = 5;

/** Another program may take the port between the look and the start; then another port is taken. */
async function startOnFreePort(options: Omit<NginxOptions, 'port'>): Promise<{ child: ChildProcess; port: number }> {
  const { directory } = options;
  const file = path.join(directory, 'nginx.conf');
  for (let attempt = 1; ; attempt += 1) {
    const port = await findFreePort();
    await writeFile(file, nginxConfiguration({ ...options, port }));
    const child = spawn('nginx', ['-e', path.join(directory, 'error.log'), '-p', directory, '-c', file], {
      stdio: ['ignore', 'inherit', 'inherit'],
    });
    if (await isListening(child, port)) return { child, port };
    if (attempt === ATTEMPTS) throw new Error(`nginx ended with ${child.exitCode}.`);
  }
}

async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null) return;
  const ended = once(child, 'exit');
  child.kill('SIGTERM');
  await ended;
}

/** `false` when it has ended instead. */
async function isListening(child: ChildProcess, port: number): Promise<boolean> {
  while (child.exitCode === null) {
    if (await answersAsNginx(port)) return true;
    await delay(20);
  }
  return false;
}

/** Somebody else may answer on a port that nginx did not get. */
async function answersAsNginx(port: number): Promise<boolean> {
  try {
    const { headers } = await fetch(`http://127.0.0.1:${port}/`, { method: 'HEAD', headers: { connection: 'close' } });
    return headers.get('server')?.startsWith('nginx') ?? false;
  } catch {
    return false;
  }
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
