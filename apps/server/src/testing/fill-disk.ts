import { execFile } from 'node:child_process';
import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { promisify } from 'node:util';
import { signInAsAdmin } from './admin-client.ts';
import { compareWithLog, type LogComparison } from './compare-with-log.ts';
import { countStatuses, openDisturbedScene } from './database-away.ts';
import { startLatchkeyProcess } from './latchkey-process.ts';
import { startRequestLedger } from './request-ledger.ts';

const run = promisify(execFile);

export interface FillDiskOptions {
  /** Size of the disk that the spool is on. */
  readonly kilobytes: number;
  readonly perSecond: number;
  /** How long the disk stays full. */
  readonly seconds: number;
}

export interface FillDiskResult extends LogComparison {
  readonly statuses: Readonly<Record<number, number>>;
  /** From the first refusal until the database was given back, and from then until a request was served again. */
  readonly fullMs: number;
  readonly resumedMs: number;
  /** Whether the process that met the full disk is the one that served afterwards. */
  readonly survived: boolean;
}

const PATIENCE_MS = 180_000;

/** Whether this user may mount a disk of a few megabytes in memory. */
export async function mayMountDisks(directory: string): Promise<boolean> {
  try {
    await mountDisk(directory, 64);
    await unmount(directory);
    return true;
  } catch {
    return false;
  }
}

/** Lets the disk of the spool run full under load, with the database away, and gives the database back. */
export async function fillDiskUnderLoad({ kilobytes, perSecond, seconds }: FillDiskOptions): Promise<FillDiskResult> {
  await using parts = new AsyncDisposableStack();
  const scene = await openDisturbedScene(parts);
  const dataDirectory = path.join(scene.directory, 'data');
  const spool = path.join(dataDirectory, 'spool');
  await mkdir(spool, { recursive: true, mode: 0o700 });
  await mountDisk(spool, kilobytes);
  parts.defer(() => unmount(spool));
  const server = await startLatchkeyProcess({ PORT: '0', LATCHKEY_DATA_DIR: dataDirectory, DATABASE_URL: scene.wire.url });
  parts.defer(async () => void (await server.stop()));

  const admin = await signInAsAdmin(server.url);
  const token = await admin.createToken({ name: 'Served until the disk is full', rate_limit: 1_000_000_000 });
  const ledger = startRequestLedger({ url: server.url, token: token.token, perSecond });
  parts.defer(() => ledger.stop());
  // Known to the guard, so that a 503 can only mean that nothing can be recorded.
  await until(() => ledger.answered.size > 20);
  await scene.wire.cut();
  await until(() => countStatuses(ledger.answered.values())[503] !== undefined);
  const fullAt = performance.now();
  await delay(seconds * 1_000);
  await scene.wire.mend();
  const mendedAt = performance.now();
  await untilServedAgain();
  const resumedMs = Math.round(performance.now() - mendedAt);
  await delay(2_000);
  await ledger.stop();
  let comparison = await compareWithLog(scene.postgres.url, token.id, ledger);
  const deadline = performance.now() + PATIENCE_MS;
  while (lostOf(comparison).length > 0 && performance.now() < deadline) {
    await delay(100);
    comparison = await compareWithLog(scene.postgres.url, token.id, ledger);
  }
  return {
    ...comparison,
    lost: lostOf(comparison),
    statuses: countStatuses(ledger.answered.values()),
    fullMs: Math.round(mendedAt - fullAt),
    resumedMs,
    survived: server.child.exitCode === null,
  };

  /** A request that was refused because it could not be recorded is not in the log, as it was told. */
  function lostOf({ lost }: LogComparison): number[] {
    return lost.filter((number) => ledger.answered.get(number) !== 503);
  }

  async function untilServedAgain(): Promise<void> {
    const last = Math.max(...ledger.answered.keys());
    await until(() => [...ledger.answered].some(([number, status]) => number > last && status !== 503));
  }
}

async function until(isTrue: () => boolean): Promise<void> {
  const deadline = performance.now() + PATIENCE_MS;
  while (!isTrue()) {
    if (performance.now() > deadline) throw new Error('It did not come to that in three minutes.');
    await delay(20);
  }
}

async function mountDisk(directory: string, kilobytes: number): Promise<void> {
  await run('mount', ['-t', 'tmpfs', '-o', `size=${kilobytes}k,mode=0700`, 'tmpfs', directory]);
}

async function unmount(directory: string): Promise<void> {
  await run('umount', ['-l', directory]);
}
