// How many tokens one owner gets when many are asked for at once, over three servers on one database. The limit is 10.
//   node apps/server/torture/owner-limit.ts [owners=20] [requests for each owner=100]
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { type AdminClient, signInAsAdmin } from '../src/testing/admin-client.ts';
import { embeddedDatabaseUrl, type LatchkeyProcess, startLatchkeyProcess } from '../src/testing/latchkey-process.ts';

const LIMIT = 10;
const [owners = 20, parallel = 100] = process.argv.slice(2).map(Number);
const directory = await mkdtemp(path.join(tmpdir(), 'latchkey-owners-'));
await chmod(directory, 0o711);
const config = path.join(directory, 'latchkey.config.mjs');
await writeFile(config, `export default { owners: { user: { maxTokens: ${LIMIT} } } };`);

// Replicas have their secrets in common.
const SHARED = { LATCHKEY_TOKEN_SECRET: 'a token secret of replicas', LATCHKEY_AUTH_SECRET: 'a sign-in secret of replicas' };
const servers: LatchkeyProcess[] = [];
let failedOtherwise = 0;
async function start(name: string, env: Record<string, string>): Promise<AdminClient> {
  const dataDirectory = path.join(directory, name);
  const server = await startLatchkeyProcess({ PORT: '0', LATCHKEY_DATA_DIR: dataDirectory, LATCHKEY_CONFIG: config, ...SHARED, ...env });
  servers.push(server);
  return signInAsAdmin(server.url);
}

const first = await start('first', {});
const databaseUrl = await embeddedDatabaseUrl(path.join(directory, 'first'));
const clients = [first, await start('second', { DATABASE_URL: databaseUrl }), await start('third', { DATABASE_URL: databaseUrl })];

/** How many of the creations went well; every other one must have been refused for the limit. */
async function createAtOnce(ownerId: string): Promise<number> {
  const made = await Promise.allSettled(
    Array.from({ length: parallel }, (_, index) =>
      clients[index % clients.length]?.createToken({ name: `token ${index}`, owner_type: 'user', owner_id: ownerId }),
    ),
  );
  const other = made.filter((one) => one.status === 'rejected' && !/LIMIT_REACHED/.test(String(one.reason)));
  failedOtherwise += other.length;
  if (other.length > 0) console.log(`${ownerId}: ${other.length} failed otherwise`, other[0]);
  return made.filter(({ status }) => status === 'fulfilled').length;
}

const startedAt = performance.now();
const counts: number[] = [];
for (let owner = 1; owner <= owners; owner += 1) counts.push(await createAtOnce(`u${owner}`));
const seconds = (performance.now() - startedAt) / 1_000;
const wrong = counts.filter((count) => count !== LIMIT).length;
console.log(`${owners} owners × ${parallel} parallel creations over ${clients.length} servers, limit ${LIMIT}: ${seconds.toFixed(1)} s`);
console.log(`owners with exactly ${LIMIT} tokens: ${counts.length - wrong} of ${counts.length}`);
for (const server of servers.toReversed()) await server.stop();
await rm(directory, { recursive: true, force: true });
process.exit(counts.length > 0 && wrong + failedOtherwise === 0 ? 0 : 1);
