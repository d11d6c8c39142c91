import path from 'node:path';
import type { Cores } from '../process/cores.ts';
import { startWorkerProcess, type WorkerProcess } from '../process/worker-process.ts';

export interface Helpers {
  readonly upstreamPort: number | null;
  readonly postgresUrl: string | null;
  readonly databasePids: readonly number[];
}

/** What some servers need beside them. */
export async function startHelpers(
  needs: ReadonlySet<string>,
  cores: Cores,
  directory: string,
  closing: AsyncDisposableStack,
): Promise<Helpers> {
  const start = (script: string, ...parameters: string[]): WorkerProcess =>
    closing.adopt(startWorkerProcess(new URL(script, import.meta.url).pathname, cores.others, parameters), (worker) => worker.stop());
  const upstream = needs.has('upstream') ? start('./upstream.ts') : null;
  const postgres = needs.has('postgres') ? start('./postgres.ts', path.join(directory, 'postgres')) : null;
  return {
    upstreamPort: upstream === null ? null : (await upstream.ask<{ port: number }>({})).port,
    postgresUrl: postgres === null ? null : (await postgres.ask<{ url: string }>({})).url,
    databasePids: postgres === null ? [] : [postgres.pid],
  };
}
