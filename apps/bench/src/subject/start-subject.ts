import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import type { Cores } from '../process/cores.ts';
import { startWorkerProcess, type WorkerProcess } from '../process/worker-process.ts';
import type { Subject, SubjectContext } from './subject.ts';

/** A subject whose process waits for load. */
export interface StartedSubject {
  readonly subject: Subject;
  readonly port: number;
  readonly pids: readonly number[];
  readonly path: string;
  readonly credentials: readonly string[];
  stop(): Promise<void>;
}

export interface SkippedSubject {
  readonly subject: Subject;
  readonly unavailable: string;
}

type Reply = Omit<StartedSubject, 'subject' | 'stop'> | { readonly unavailable: string } | { readonly failed: string };

const SCRIPT = new URL('./main.ts', import.meta.url).pathname;

/** Throws when a subject fails; one that this machine cannot run is answered as such. */
export async function startSubject(subject: Subject, cores: Cores, context: SubjectContext): Promise<StartedSubject | SkippedSubject> {
  const directory = path.join(context.directory, subject.name);
  await mkdir(directory);
  const worker = startWorkerProcess(SCRIPT, cores.server, [subject.name]);
  const reply = await worker.ask<Reply>({ ...context, directory });
  if ('port' in reply) return { ...reply, subject, stop: worker.stop };
  return giveUp(subject, worker, reply);
}

async function giveUp(subject: Subject, worker: WorkerProcess, reply: Exclude<Reply, { port: number }>): Promise<SkippedSubject> {
  await worker.stop();
  if ('failed' in reply) throw new Error(`${subject.name} does not start: ${reply.failed}`);
  return { subject, unavailable: reply.unavailable };
}
