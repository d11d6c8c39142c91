import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { startHelpers } from './helper/start-helpers.ts';
import type { Bench } from './measure/measure-once.ts';
import type { Cores } from './process/cores.ts';
import { startWorkerProcess } from './process/worker-process.ts';
import { BASELINE, SUBJECTS } from './subject/catalogue.ts';
import { type SkippedSubject, type StartedSubject, startSubject } from './subject/start-subject.ts';

/** Every process of one run. */
export interface OpenServers extends Bench {
  readonly bare: StartedSubject;
  /** In the order of the catalogue, without the bare one. */
  readonly servers: readonly StartedSubject[];
  readonly skipped: readonly SkippedSubject[];
}

export interface OpenServersOptions {
  readonly subjects: readonly string[];
  readonly tokens: number;
  readonly onProgress: (text: string) => void;
}

/** Requests a minute: nobody comes near it. */
const UNLIMITED = 1_000_000_000;
const LOAD_SCRIPT = new URL('./load/main.ts', import.meta.url).pathname;

/** Starts the load generator and the servers; `closing` ends all of them, and what they left on the disk. */
export async function openServers(cores: Cores, closing: AsyncDisposableStack, options: OpenServersOptions): Promise<OpenServers> {
  const directory = await mkdtemp(path.join(tmpdir(), 'latchkey-bench-'));
  closing.defer(() => rm(directory, { recursive: true, force: true }));
  const load = closing.adopt(startWorkerProcess(LOAD_SCRIPT, cores.others), (worker) => worker.stop());
  const wanted = SUBJECTS.filter(({ name }) => name === BASELINE || options.subjects.includes(name));
  const needs = new Set(wanted.flatMap((subject) => subject.needs ?? []));
  const helpers = await startHelpers(needs, cores, directory, closing);
  const { upstreamPort, postgresUrl } = helpers;
  const context = { directory, tokenCount: options.tokens, limit: UNLIMITED, upstreamPort, postgresUrl };
  const servers: StartedSubject[] = [];
  const skipped: SkippedSubject[] = [];
  for (const subject of wanted) {
    options.onProgress(`starting ${subject.name}`);
    const started = await startSubject(subject, cores, context);
    if ('unavailable' in started) skipped.push(started);
    else servers.push(closing.adopt(started, (each) => each.stop()));
  }
  const [bare, ...others] = servers;
  if (bare === undefined) throw new Error('The bare server cannot run here.');
  return { load, bare, servers: others, skipped, databasePids: helpers.databasePids };
}
