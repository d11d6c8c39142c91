import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { type EmbeddedPostgres, startEmbeddedPostgres } from '@latchkey/database/embedded';
import { refuseLeaksIn } from '@latchkey/database/testing';
import { type CuttableProxy, openCuttableProxy } from '../management/testing/open-cuttable-proxy.ts';
import { signInAsAdmin } from './admin-client.ts';
import { compareWithLog, type LogComparison } from './compare-with-log.ts';
import { type Disturbance, disturbDatabase } from './disturb-database.ts';
import { startLatchkeyProcess } from './latchkey-process.ts';
import { startRequestLedger } from './request-ledger.ts';

export interface DatabaseAwayOptions {
  readonly how: Disturbance;
  readonly seconds: number;
  readonly perSecond: number;
}

export interface DatabaseAwayResult extends LogComparison {
  /** Answers by status. */
  readonly statuses: Readonly<Record<number, number>>;
  /** Requests that were answered meanwhile, and how long it took until all of them were in the log once the database was back. */
  readonly meanwhile: number;
  readonly caughtUpMs: number;
}

/** A server with a database of its own that can be taken away. */
export interface DisturbedScene {
  readonly directory: string;
  /** The one that runs, which may be another one later. */
  postgres: EmbeddedPostgres;
  readonly wire: CuttableProxy;
  startPostgres(): Promise<EmbeddedPostgres>;
}

const silent = () => undefined;
const LONGEST_SETTLE_MS = 3_000;
const CATCH_UP_MS = 60_000;

/** Takes the database away from a server under load, gives it back, and compares what was answered with what is in the log. */
export async function takeDatabaseAway({ how, seconds, perSecond }: DatabaseAwayOptions): Promise<DatabaseAwayResult> {
  await using parts = new AsyncDisposableStack();
  const scene = await openDisturbedScene(parts);
  const env = { PORT: '0', LATCHKEY_DATA_DIR: path.join(scene.directory, 'data'), DATABASE_URL: scene.wire.url };
  const server = await startLatchkeyProcess(env);
  parts.defer(async () => void (await server.stop()));

  const admin = await signInAsAdmin(server.url);
  const token = await admin.createToken({ name: 'Served while the database is away', rate_limit: 1_000_000 });
  const ledger = startRequestLedger({ url: server.url, token: token.token, perSecond });
  const settleMs = Math.min(LONGEST_SETTLE_MS, seconds * 500);
  await delay(settleMs);
  const before = new Set(ledger.answered.keys());
  await disturbDatabase(how, scene, seconds);
  const backAt = performance.now();
  const meanwhile = new Set(ledger.answered.keys()).difference(before);
  await compareUntil(({ lost }) => !lost.some((number) => meanwhile.has(number) && ledger.answered.get(number) !== 503));
  const caughtUpMs = Math.round(performance.now() - backAt);
  await delay(settleMs);
  await ledger.stop();
  // Whoever can not be told who calls is answered 503, and leaves no record of a token.
  const isMissing = (number: number) => ledger.answered.get(number) !== 503;
  const comparison = await compareUntil(({ lost }) => !lost.some(isMissing));
  return {
    ...comparison,
    lost: comparison.lost.filter(isMissing),
    statuses: countStatuses(ledger.answered.values()),
    meanwhile: meanwhile.size,
    caughtUpMs,
  };

  /** Compares again and again, for a bounded time; answers the last comparison. */
  async function compareUntil(isRight: (comparison: LogComparison) => boolean): Promise<LogComparison> {
    const deadline = performance.now() + CATCH_UP_MS;
    for (;;) {
      const comparison = await compareWithLog(scene.postgres.url, token.id, ledger);
      if (isRight(comparison) || performance.now() > deadline) return comparison;
      await delay(50);
    }
  }
}

/** A PostgreSQL behind a wire that can be cut. */
export async function openDisturbedScene(parts: AsyncDisposableStack): Promise<DisturbedScene> {
  const directory = await mkdtemp(path.join(tmpdir(), 'latchkey-away-'));
  parts.defer(() => rm(directory, { recursive: true, force: true }));
  parts.defer(() => refuseLeaksIn(directory, 'the files of a database'));
  await chmod(directory, 0o711);
  const startPostgres = () =>
    startEmbeddedPostgres({ dataDirectory: directory, logger: { debug: silent, info: silent, warn: silent, error: silent } });
  const postgres = await startPostgres();
  const wire = await openCuttableProxy(postgres.url);
  const scene: DisturbedScene = { directory, postgres, wire, startPostgres };
  parts.defer(() => scene.postgres.stop());
  parts.defer(() => wire.cut());
  return scene;
}

export function countStatuses(statuses: Iterable<number>): Record<number, number> {
  const counts: Record<number, number> = {};
  for (const status of statuses) counts[status] = (counts[status] ?? 0) + 1;
  return counts;
}
