import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { startEmbeddedPostgres } from '@latchkey/database/embedded';
import { openCuttableProxy } from '../management/testing/open-cuttable-proxy.ts';
import { signInAsAdmin } from './admin-client.ts';
import { compareWithLog, type LogComparison } from './compare-with-log.ts';
import { startLatchkeyProcess } from './latchkey-process.ts';
import { startRequestLedger } from './request-ledger.ts';

export interface DatabaseAwayOptions {
  readonly seconds: number;
  readonly perSecond: number;
}

export interface DatabaseAwayResult extends LogComparison {
  /** Answers by status. */
  readonly statuses: Readonly<Record<number, number>>;
  /** Answered requests that were not in the log when the database came back, and how long it took until all of them were. */
  readonly behind: number;
  readonly caughtUpMs: number;
}

const silent = () => undefined;
const SETTLE_MS = 3_000;
const CATCH_UP_MS = 60_000;

/** Takes the database away from a server under load, gives it back, and compares what was answered with what is in the log. */
export async function takeDatabaseAway({ seconds, perSecond }: DatabaseAwayOptions): Promise<DatabaseAwayResult> {
  await using parts = new AsyncDisposableStack();
  const directory = await mkdtemp(path.join(tmpdir(), 'latchkey-away-'));
  parts.defer(() => rm(directory, { recursive: true, force: true }));
  await chmod(directory, 0o711);
  const postgres = await startEmbeddedPostgres({
    dataDirectory: directory,
    logger: { debug: silent, info: silent, warn: silent, error: silent },
  });
  parts.defer(() => postgres.stop());
  const wire = await openCuttableProxy(postgres.url);
  parts.defer(() => wire.cut());
  const server = await startLatchkeyProcess({ PORT: '0', LATCHKEY_DATA_DIR: path.join(directory, 'data'), DATABASE_URL: wire.url });
  parts.defer(async () => void (await server.stop()));

  const admin = await signInAsAdmin(server.url);
  const token = await admin.createToken({ name: 'Served while the database is away', rate_limit: 1_000_000 });
  const ledger = startRequestLedger({ url: server.url, token: token.token, perSecond });
  await delay(SETTLE_MS);
  await wire.cut();
  await delay(seconds * 1_000);
  const waiting = new Set((await compareWithLog(postgres.url, token.id, ledger)).lost);
  await wire.mend();
  const backAt = performance.now();
  const isBehind = ({ lost }: LogComparison) => lost.some((number) => waiting.has(number));
  await compareUntil((comparison) => !isBehind(comparison));
  const caughtUpMs = Math.round(performance.now() - backAt);
  await delay(SETTLE_MS);
  await ledger.stop();
  const comparison = await compareUntil(({ lost }) => lost.length === 0);
  const statuses: Record<number, number> = {};
  for (const status of ledger.answered.values()) statuses[status] = (statuses[status] ?? 0) + 1;
  return { ...comparison, statuses, behind: waiting.size, caughtUpMs };

  /** Compares again and again, for a bounded time; answers the last comparison. */
  async function compareUntil(isRight: (comparison: LogComparison) => boolean): Promise<LogComparison> {
    const deadline = performance.now() + CATCH_UP_MS;
    for (;;) {
      const comparison = await compareWithLog(postgres.url, token.id, ledger);
      if (isRight(comparison) || performance.now() > deadline) return comparison;
      await delay(50);
    }
  }
}
