import { once } from 'node:events';
import { Agent, createServer, type IncomingMessage, request, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { signInAsAdmin } from './admin-client.ts';
import { compareWithLog, type LogComparison } from './compare-with-log.ts';
import { countStatuses, openDisturbedScene } from './database-away.ts';
import { type LatchkeyProcess, startLatchkeyProcess } from './latchkey-process.ts';
import type { RequestLedger } from './request-ledger.ts';
import { startSteadyTraffic } from './steady-traffic.ts';

export interface RollingRestartOptions {
  readonly restarts: number;
  readonly perSecond: number;
  /** Of each server; 1. */
  readonly threads?: number;
  readonly onRestart?: (restart: number) => void;
}

export interface RollingRestartResult extends LogComparison {
  readonly sent: number;
  /** What went wrong with requests that had been sent: connections cut, answers cut short. */
  readonly failures: readonly string[];
  readonly statuses: Readonly<Record<number, number>>;
  /** Exit codes of the servers that were told to stop. */
  readonly exitCodes: readonly (number | null)[];
}

const SLOW_PARTS = 5;
const SLOW_PART_MS = 100;

/**
 * Restarts two servers in turn by SIGTERM while clients keep their connections and send to both, some of them with bodies that take half a
 * second. A client whose connection is refused takes the other server, as behind a load balancer; a request that was sent must be answered.
 */
export async function restartInTurn({ restarts, perSecond, threads = 1, onRestart }: RollingRestartOptions): Promise<RollingRestartResult> {
  await using parts = new AsyncDisposableStack();
  const scene = await openDisturbedScene(parts);
  const upstream = await openLengthUpstream(parts);
  const env = {
    DATABASE_URL: scene.postgres.url,
    LATCHKEY_UPSTREAM_URL: upstream,
    LATCHKEY_THREADS: String(threads),
    LATCHKEY_TOKEN_SECRET: 'the token secret of both servers',
    LATCHKEY_AUTH_SECRET: 'the sign-in secret of both servers',
  };
  const start = async (name: string) => startLatchkeyProcess({ ...env, PORT: '0', LATCHKEY_DATA_DIR: path.join(scene.directory, name) });
  const servers: LatchkeyProcess[] = [await start('a'), await start('b')];
  parts.defer(async () => {
    for (const server of servers) await server.stop();
  });
  const admin = await signInAsAdmin(servers[0]?.url ?? '');
  const token = await admin.createToken({ name: 'Restarted in turn', rate_limit: 1_000_000_000 });
  const traffic = startTraffic(() => servers.map(({ url }) => url), token.token, perSecond);
  const exitCodes: (number | null)[] = [];
  for (let number = 1; number <= restarts; number += 1) {
    const index = number % 2;
    await delay(300 + Math.random() * 500);
    const old = servers[index];
    const stopping = old?.stop();
    const code = (await stopping) ?? null;
    servers[index] = await start(index === 0 ? 'a' : 'b');
    exitCodes.push(code);
    onRestart?.(number);
  }
  await traffic.stop();
  const { sent, failures, answered } = traffic;
  const comparison = await untilStored(() => compareWithLog(scene.postgres.url, token.id, traffic));
  return { ...comparison, sent, failures, statuses: countStatuses(answered.values()), exitCodes };
}

async function untilStored(compare: () => Promise<LogComparison>): Promise<LogComparison> {
  const deadline = performance.now() + 20_000;
  let comparison = await compare();
  while (comparison.lost.length > 0 && performance.now() < deadline) {
    await delay(100);
    comparison = await compare();
  }
  return comparison;
}

/** Answers each request with the number of bytes it had. */
async function openLengthUpstream(parts: AsyncDisposableStack): Promise<string> {
  const server: Server = createServer((req, res) => {
    let bytes = 0;
    req.on('data', (chunk: Buffer) => {
      bytes += chunk.length;
    });
    req.on('end', () => res.end(String(bytes)));
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  parts.defer(() => server.closeAllConnections());
  parts.defer(() => void server.close());
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

/** Sends `/api/products/<n>` with n rising from 1; every tenth with a body in slow parts. */
function startTraffic(urls: () => readonly string[], token: string, perSecond: number): RequestLedger & { readonly failures: string[] } {
  const agent = new Agent({ keepAlive: true });
  const answered = new Map<number, number>();
  const failures: string[] = [];
  const traffic = startSteadyTraffic(perSecond, send);

  async function send(number: number): Promise<void> {
    const [first = '', second = first] = number % 2 === 0 ? urls() : urls().toReversed();
    try {
      const isOver = (await sendTo(first, number)) || (await sendTo(second, number));
      if (!isOver) failures.push(`${number}: both servers refused the connection`);
    } catch (error) {
      failures.push(`${number}: ${error instanceof Error ? error.message : error}`);
    }
  }

  /** `false` where nobody accepts connections. */
  async function sendTo(url: string, number: number): Promise<boolean> {
    const isSlow = number % 10 === 0;
    const headers = { authorization: `Bearer ${token}`, ...(isSlow && { 'content-length': SLOW_PARTS }) };
    const call = request(`${url}/api/products/${number}`, { agent, method: isSlow ? 'POST' : 'GET', headers });
    const answer = Promise.withResolvers<IncomingMessage | null>();
    call.on('response', answer.resolve).on('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'ECONNREFUSED') answer.resolve(null);
      else answer.reject(error);
    });
    if (isSlow) void sendSlowly(call);
    else call.end();
    const response = await answer.promise;
    if (response === null) return false;
    const text = await response.setEncoding('utf8').reduce((all, part: string) => all + part, '');
    if (text !== String(isSlow ? SLOW_PARTS : 0)) throw new Error(`answered ${response.statusCode} ${text}`);
    answered.set(number, response.statusCode ?? 0);
    return true;
  }

  return {
    answered,
    failures,
    get sent() {
      return traffic.sent;
    },
    async stop() {
      await traffic.stop();
      agent.destroy();
    },
  };
}

async function sendSlowly(call: ReturnType<typeof request>): Promise<void> {
  for (let part = 0; part < SLOW_PARTS && !call.destroyed; part += 1) {
    call.write('x');
    await delay(SLOW_PART_MS);
  }
  call.end();
}
