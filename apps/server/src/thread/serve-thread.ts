import type { Database } from '@latchkey/database';
import type { Logger } from 'pino';
import type { MainMethods } from './thread-protocol.ts';

/** What the main thread answers a thread with. */
export function serveThread(database: Database, logger: Logger, number: number, onReady: () => void): MainMethods {
  const { tokenSource, quotaLedger } = database;
  return {
    ready: onReady,
    findByDigest: tokenSource.findByDigest,
    importedKinds: () => tokenSource.imported?.kinds() ?? { foreign: false, sha256: false, bcrypt: false },
    findBcrypt: async (hint) => (await tokenSource.imported?.findBcrypt(hint)) ?? [],
    rehash: (...change) => tokenSource.rehash?.(...change),
    lease: quotaLedger.lease,
    giveBack: quotaLedger.giveBack,
    log: (line) => passOn(logger, line, number),
  };
}

function passOn(logger: Logger, line: string, thread: number): void {
  const { level, time: _time, msg, ...fields } = JSON.parse(line) as { level: number; time: unknown; msg?: string };
  const name = logger.levels.labels[level] as 'info' | undefined;
  logger[name ?? 'info']({ ...fields, thread }, msg);
}
