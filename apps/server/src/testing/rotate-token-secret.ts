import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { Client } from 'pg';
import { signInAsAdmin } from './admin-client.ts';
import { type LatchkeyProcess, startLatchkeyProcess } from './latchkey-process.ts';

export interface SecretRotationOptions {
  readonly databaseUrl: string;
  readonly tokens: number;
  readonly perSecond: number;
  /** How long each state of the two servers is under traffic before the next restart. */
  readonly secondsPerStep: number;
  readonly onStep?: (step: string) => void;
}

export interface SecretRotationResult {
  readonly sent: number;
  /** Answers by status. */
  readonly statuses: Readonly<Record<number, number>>;
  /** Requests that got no answer at all. */
  readonly unanswered: number;
  /** Live secrets under the old token secret when it was dropped. */
  readonly leftUnderOld: number;
}

const OLD = 'the old token secret of this run';
const NEW = 'the new token secret of this run';
const PATIENCE_MS = 60_000;

/**
 * Rotates the token secret of two servers on one database, one restart after the other, while every token is in use at both: first both
 * know the old secret, then `new,old`, then only the new one. A server takes no new requests while it restarts, as behind a load balancer.
 */
export async function rotateTokenSecret(options: SecretRotationOptions): Promise<SecretRotationResult> {
  const { databaseUrl, onStep = () => undefined } = options;
  await using parts = new AsyncDisposableStack();
  const directory = await mkdtemp(path.join(tmpdir(), 'latchkey-rotation-'));
  parts.defer(() => rm(directory, { recursive: true, force: true }));
  await chmod(directory, 0o711);
  const database = new Client({ connectionString: databaseUrl });
  await database.connect();
  parts.defer(() => database.end());

  const servers: (LatchkeyProcess | null)[] = [null, null];
  parts.defer(async () => {
    for (const server of servers) await server?.stop();
  });
  let traffic: ReturnType<typeof startTraffic> | null = null;
  async function restart(index: number, secret: string): Promise<void> {
    const running = servers[index];
    servers[index] = null;
    await traffic?.settled();
    await running?.stop();
    const env = {
      PORT: '0',
      DATABASE_URL: databaseUrl,
      LATCHKEY_TOKEN_SECRET: secret,
      LATCHKEY_AUTH_SECRET: 'a sign-in secret of replicas',
    };
    servers[index] = await startLatchkeyProcess({ ...env, LATCHKEY_DATA_DIR: path.join(directory, `server-${index}`) });
  }

  await restart(0, OLD);
  await restart(1, OLD);
  const texts = await createTokens(servers[0]?.url ?? '', options.tokens);
  traffic = startTraffic(() => servers.flatMap((server) => server?.url ?? []), texts, options.perSecond);
  const step = async (name: string): Promise<void> => {
    onStep(name);
    // Out of the caches: every token is looked up again, by both.
    await database.query('update api_tokens set description = $1', [name]);
    await delay(options.secondsPerStep * 1_000);
  };

  await step('both know the old secret');
  await restart(1, `${NEW},${OLD}`);
  await step('one knows both, one the old secret alone');
  await restart(0, `${NEW},${OLD}`);
  await step('both know both');
  await untilNoneIsLeft(database);
  await restart(1, NEW);
  await step('one knows the new secret alone');
  const leftUnderOld = await countUnderOld(database);
  await restart(0, NEW);
  await step('both know the new secret alone');
  return { ...(await traffic.stop()), leftUnderOld };
}

async function createTokens(url: string, count: number): Promise<string[]> {
  const admin = await signInAsAdmin(url);
  const texts: string[] = [];
  for (let n = 0; n < count; n += 1) texts.push((await admin.createToken({ name: `rotated ${n}`, rate_limit: 1_000_000 })).token);
  return texts;
}

/** Sends at a steady rate, each request to the next server with the next token. */
function startTraffic(urls: () => string[], texts: readonly string[], perSecond: number) {
  const statuses: Record<number, number> = {};
  const underWay = new Set<Promise<void>>();
  let sent = 0;
  let unanswered = 0;

  async function send(number: number): Promise<void> {
    const reachable = urls();
    try {
      const headers = { authorization: `Bearer ${texts[number % texts.length]}` };
      const response = await fetch(`${reachable[Math.floor(number / texts.length + number) % reachable.length]}/api/products`, { headers });
      await response.arrayBuffer();
      statuses[response.status] = (statuses[response.status] ?? 0) + 1;
    } catch {
      unanswered += 1;
    }
  }

  const timer = setInterval(() => {
    const request = send(sent).finally(() => underWay.delete(request));
    underWay.add(request);
    sent += 1;
  }, 1_000 / perSecond);
  return {
    /** Resolves when what is under way now has been answered. */
    settled: async () => void (await Promise.all(underWay)),
    async stop() {
      clearInterval(timer);
      await Promise.all(underWay);
      return { sent, statuses, unanswered };
    },
  };
}

/** Every secret of this run was made under the old token secret: those that were not digested anew still hang on it. */
async function countUnderOld(database: Client): Promise<number> {
  const { rows } = await database.query<{ left: number }>(
    `select count(*)::int as left from api_token_secrets where rehashed_at is null and revoked_at is null`,
  );
  return rows[0]?.left ?? 0;
}

async function untilNoneIsLeft(database: Client): Promise<void> {
  const deadline = performance.now() + PATIENCE_MS;
  while ((await countUnderOld(database)) > 0) {
    if (performance.now() > deadline) throw new Error('Not every token in use was digested anew in time.');
    await delay(50);
  }
}
