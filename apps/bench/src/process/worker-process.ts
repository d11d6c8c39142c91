import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { pinned } from './cores.ts';

/** A script of ours in a process of its own, which takes one message at a time and answers it. It ends when this process does, however. */
export interface WorkerProcess {
  readonly pid: number;
  ask<Reply>(message: object): Promise<Reply>;
  /** Lets it close what it has open; after some seconds it is killed. */
  stop(): Promise<void>;
}

const PATIENCE_MS = 20_000;

export function startWorkerProcess(script: string, core: number | null, parameters: readonly string[] = []): WorkerProcess {
  const node = [process.execPath, '--disable-warning=ExperimentalWarning', script, ...parameters];
  // Frameworks ask for NODE_ENV.
  const [command, ...rest] = pinned(core, ['env', 'NODE_ENV=production', ...node]);
  const child = spawn(command, rest, { stdio: ['ignore', 'inherit', 'inherit', 'ipc'], serialization: 'advanced' });
  const ended = once(child, 'exit');

  async function ask<Reply>(message: object): Promise<Reply> {
    const reply = once(child, 'message') as Promise<[Reply]>;
    child.send(message);
    const [answer] = await Promise.race([reply, ended.then(() => fail(child, script))]);
    return answer;
  }

  async function stop(): Promise<void> {
    if (child.exitCode !== null || child.signalCode !== null) return;
    if (child.connected) child.disconnect();
    const killing = setTimeout(() => child.kill('SIGKILL'), PATIENCE_MS);
    await ended;
    clearTimeout(killing);
  }

  return { pid: child.pid ?? 0, ask, stop };
}

function fail(child: ChildProcess, script: string): never {
  throw new Error(`${script} ended with ${child.signalCode ?? child.exitCode} instead of an answer.`);
}
