// Rotates LATCHKEY_TOKEN_SECRET over two servers on one database under load, and counts what clients were answered.
//   node apps/server/torture/rotate-token-secret.ts [tokens=200] [requests per second=200] [seconds per step=10]
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { startEmbeddedPostgres } from '@latchkey/database/embedded';
import { rotateTokenSecret } from '../src/testing/rotate-token-secret.ts';

const [tokens = 200, perSecond = 200, secondsPerStep = 10] = process.argv.slice(2).map(Number);
const silent = () => undefined;
const directory = await mkdtemp(path.join(tmpdir(), 'latchkey-rotation-database-'));
await chmod(directory, 0o711);
const postgres = await startEmbeddedPostgres({
  dataDirectory: directory,
  logger: { debug: silent, info: silent, warn: silent, error: silent },
});
const startedAt = performance.now();
const { sent, statuses, unanswered, leftUnderOld } = await rotateTokenSecret({
  databaseUrl: postgres.url,
  tokens,
  perSecond,
  secondsPerStep,
  onStep: (step) => console.log(`${((performance.now() - startedAt) / 1_000).toFixed(0).padStart(4)} s  ${step}`),
});
await postgres.stop();
await rm(directory, { recursive: true, force: true });
console.log(`${tokens} tokens, two servers, ${perSecond} requests/s: sent ${sent} · unanswered ${unanswered}`);
console.log(`statuses: ${JSON.stringify(statuses)} · 401s: ${statuses[401] ?? 0} · left under the old secret: ${leftUnderOld}`);
process.exit(unanswered === 0 && statuses[200] === sent && leftUnderOld === 0 ? 0 : 1);
