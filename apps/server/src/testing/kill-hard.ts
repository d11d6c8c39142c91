import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { signInAsAdmin } from './admin-client.ts';
import { compareWithLog, type LogComparison } from './compare-with-log.ts';
import { embeddedDatabaseUrl, findFreePort, type LatchkeyProcess, startLatchkeyProcess } from './latchkey-process.ts';
import { startRequestLedger } from './request-ledger.ts';

export interface KillHardOptions {
  readonly kills: number;
  readonly perSecond: number;
  readonly onKill?: (kill: number) => void;
}

/**
 * Kills the server with SIGKILL at random moments under load and starts it again, then compares what was answered with what is in the log.
 * The embedded database survives each kill as an orphan and is taken over.
 */
export async function killHardUnderLoad({ kills, perSecond, onKill = () => undefined }: KillHardOptions): Promise<LogComparison> {
  const directory = await mkdtemp(path.join(tmpdir(), 'latchkey-kill-'));
  await chmod(directory, 0o711);
  const dataDirectory = path.join(directory, 'data');
  const env = { PORT: String(await findFreePort()), LATCHKEY_DATA_DIR: dataDirectory };
  let server: LatchkeyProcess | undefined;
  try {
    server = await startLatchkeyProcess(env);
    const admin = await signInAsAdmin(server.url);
    const token = await admin.createToken({ name: 'Killed under load', rate_limit: 1_000_000 });
    const ledger = startRequestLedger({ url: server.url, token: token.token, perSecond });
    for (let kill = 1; kill <= kills; kill += 1) {
      // Not a wait for something: the random moment is the test.
      await delay(50 + Math.random() * 900);
      await server.killHard();
      onKill(kill);
      server = await startLatchkeyProcess(env);
    }
    await delay(500);
    await ledger.stop();
    return await compareAfterStop(server, dataDirectory, token.id, ledger);
  } finally {
    if (server && server.child.exitCode === null) await server.stop();
    await rm(directory, { recursive: true, force: true });
  }
}

/** Waits, for a bounded time, until what the last server found in its spool is stored. */
async function compareAfterStop(
  server: LatchkeyProcess,
  dataDirectory: string,
  tokenId: number,
  ledger: ReturnType<typeof startRequestLedger>,
): Promise<LogComparison> {
  const deadline = Date.now() + 20_000;
  const url = await embeddedDatabaseUrl(dataDirectory);
  let comparison = await compareWithLog(url, tokenId, ledger);
  while (comparison.lost.length > 0 && Date.now() < deadline && server.child.exitCode === null) {
    await delay(200);
    comparison = await compareWithLog(url, tokenId, ledger);
  }
  return comparison;
}
