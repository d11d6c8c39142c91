import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import { Client } from 'pg';
import { signInAsAdmin } from './admin-client.ts';
import { compareWithLog, type LogComparison } from './compare-with-log.ts';
import { countStatuses, openDisturbedScene } from './database-away.ts';
import { startLatchkeyProcess } from './latchkey-process.ts';
import { startRequestLedger } from './request-ledger.ts';

export interface StepClockOptions {
  /** What the clock is set to in turn, in milliseconds beside the right time. */
  readonly steps: readonly number[];
  readonly secondsPerStep: number;
  readonly perSecond: number;
}

export interface StepClockResult extends LogComparison {
  readonly statuses: Readonly<Record<number, number>>;
  readonly survived: boolean;
  /** Between the earliest and the latest request of the log, in milliseconds: that the clock was seen to be set. */
  readonly spreadMs: number;
}

const PRELOAD = pathToFileURL(path.join(import.meta.dirname, 'stepped-clock.ts')).href;

/** Sets the clock of the server's process forward and back under load, and compares what was answered with what is in the log. */
export async function stepClockUnderLoad({ steps, secondsPerStep, perSecond }: StepClockOptions): Promise<StepClockResult> {
  await using parts = new AsyncDisposableStack();
  const scene = await openDisturbedScene(parts);
  const file = path.join(scene.directory, 'clock-offset');
  await writeFile(file, '0');
  const server = await startLatchkeyProcess({
    PORT: '0',
    LATCHKEY_DATA_DIR: path.join(scene.directory, 'data'),
    DATABASE_URL: scene.postgres.url,
    NODE_OPTIONS: `--import=${PRELOAD}`,
    STEPPED_CLOCK_FILE: file,
  });
  parts.defer(async () => void (await server.stop()));
  const admin = await signInAsAdmin(server.url);
  const token = await admin.createToken({ name: 'Used while the clock is set', rate_limit: 1_000_000_000 });
  const ledger = startRequestLedger({ url: server.url, token: token.token, perSecond });
  for (const offsetMs of steps) {
    await writeFile(file, String(offsetMs));
    await delay(secondsPerStep * 1_000);
  }
  await ledger.stop();
  const deadline = performance.now() + 20_000;
  let comparison = await compareWithLog(scene.postgres.url, token.id, ledger);
  while (comparison.lost.length > 0 && performance.now() < deadline) {
    await delay(100);
    comparison = await compareWithLog(scene.postgres.url, token.id, ledger);
  }
  const statuses = countStatuses(ledger.answered.values());
  return { ...comparison, statuses, survived: server.child.exitCode === null, spreadMs: await readSpread(scene.postgres.url) };
}

async function readSpread(databaseUrl: string): Promise<number> {
  const client = new Client({ connectionString: databaseUrl });
  await client.connect();
  const { rows } = await client.query<{ ms: number }>(
    'select (extract(epoch from max(at) - min(at)) * 1000)::int as ms from api_token_usage',
  );
  await client.end();
  return rows[0]?.ms ?? 0;
}
