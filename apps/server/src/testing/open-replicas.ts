import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { type AdminClient, signInAsAdmin } from './admin-client.ts';
import { type LatchkeyProcess, startLatchkeyProcess } from './latchkey-process.ts';

/** Real servers, each a process with a data directory of its own, on one database. */
export interface Replicas {
  readonly processes: readonly LatchkeyProcess[];
  /** Of each process, in their order: a change can be asked of any. */
  readonly admins: readonly AdminClient[];
  close(): Promise<void>;
}

// The same in all of them: what one made the others know.
const SECRETS = {
  LATCHKEY_TOKEN_SECRET: 'a token secret of several replicas',
  LATCHKEY_AUTH_SECRET: 'a session secret of several replicas',
};

/** @param databaseUrls one for each process: the same database, perhaps over wires that can be cut. */
export async function openReplicas(databaseUrls: readonly string[], env: Record<string, string> = {}): Promise<Replicas> {
  await using parts = new AsyncDisposableStack();
  const directory = await mkdtemp(path.join(tmpdir(), 'latchkey-replicas-'));
  parts.defer(() => rm(directory, { recursive: true, force: true }));
  await chmod(directory, 0o711);
  const processes: LatchkeyProcess[] = [];
  // One after the other: the first migrates and makes the administrator.
  for (const [index, databaseUrl] of databaseUrls.entries()) {
    const own = { PORT: '0', LATCHKEY_DATA_DIR: path.join(directory, `${index}`), LATCHKEY_GATEWAY_NAME: `gateway-${index + 1}` };
    const process = await startLatchkeyProcess({ ...own, DATABASE_URL: databaseUrl, ...SECRETS, ...env });
    processes.push(process);
    parts.defer(async () => void (await process.stop()));
  }
  const admins = await Promise.all(processes.map(({ url }) => signInAsAdmin(url)));
  const opened = parts.move();
  return { processes, admins, close: () => opened.disposeAsync() };
}
