import { setTimeout as delay } from 'node:timers/promises';
import { Client } from 'pg';
import type { CuttableProxy } from '../management/testing/open-cuttable-proxy.ts';
import type { AdminClient } from './admin-client.ts';
import type { Replicas } from './open-replicas.ts';
import { createProber, type Probe, type Prober } from './probe.ts';

export interface KillListenersOptions {
  readonly replicas: Replicas;
  /** Of the servers whose wire may be cut; the first server keeps its own, so that changes can be asked of it. */
  readonly wires: readonly CuttableProxy[];
  /** Past the wires. */
  readonly databaseUrl: string;
  readonly count: number;
  /** Revocations a second. */
  readonly perSecond: number;
  readonly onRevoked?: (done: number) => void;
}

/** What clients saw of the tokens that were ended while nobody heard for sure. */
export interface KilledListeners {
  /** Connections that were ended by the database, and wires that were cut. */
  readonly killed: number;
  readonly cuts: number;
  /** Milliseconds from the end of a token until the answer to the last request that any server accepted, one for each token. */
  readonly lastAcceptedMs: readonly number[];
  /** Requests sent more than five seconds after the end of their token, and accepted. */
  readonly acceptedLate: number;
  /** Requests sent after every gateway had acknowledged, and accepted. */
  readonly acceptedAfterAcknowledged: number;
  /** Tokens that any server still accepts, once all hear again. */
  readonly missed: number;
}

const WATCH_MS = 6_000;
const PROBE_MS = 200;
const KILL = `select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'latchkey-listener' and random() < 0.5`;

/** Ends tokens one after the other, by the API and by SQL in turn, while listening connections are killed and wires are cut at random. */
export async function killListenersWhileRevoking(options: KillListenersOptions): Promise<KilledListeners> {
  const { replicas, databaseUrl, count, perSecond, onRevoked = () => undefined } = options;
  const client = new Client({ connectionString: databaseUrl });
  await client.connect();
  const prober = createProber();
  const [admin] = replicas.admins as readonly [AdminClient];
  const tokens: { id: number; token: string }[] = [];
  for (let index = 0; index < count; index += 1) tokens.push(await admin.createToken({ name: `Listener ${index}`, rate_limit: 1_000_000 }));
  const before = (await askAll(replicas, prober, tokens)).filter((statuses) => statuses.every((status) => status === 200)).length;
  if (before !== count)
    throw new Error(`${count - before} tokens were not accepted everywhere before their end: nothing can be said about it.`);
  const trouble = startTrouble(options, client);
  const watched: Promise<Watched>[] = [];
  for (const [index, { id, token }] of tokens.entries()) {
    watched.push(watchEnd({ replicas, prober, client, admin }, id, token, index % 3 === 2));
    onRevoked(index + 1);
    await delay(1_000 / perSecond);
  }
  const results = await Promise.all(watched);
  const { killed, cuts } = await trouble.stop();
  const missed = (await askAll(replicas, prober, tokens)).filter((statuses) => statuses.includes(200)).length;
  prober.close();
  await client.end();
  return {
    killed,
    cuts,
    missed,
    lastAcceptedMs: results.map(({ lastAcceptedMs }) => lastAcceptedMs),
    acceptedLate: results.reduce((sum, { acceptedLate }) => sum + acceptedLate, 0),
    acceptedAfterAcknowledged: results.reduce((sum, { acceptedAfterAcknowledged }) => sum + acceptedAfterAcknowledged, 0),
  };
}

type Watched = Pick<KilledListeners, 'acceptedLate' | 'acceptedAfterAcknowledged'> & { lastAcceptedMs: number };

interface Scene {
  readonly replicas: Replicas;
  readonly prober: Prober;
  readonly client: Client;
  readonly admin: AdminClient;
}

async function watchEnd({ replicas, prober, client, admin }: Scene, id: number, token: string, bySql: boolean): Promise<Watched> {
  const probes: Promise<Probe>[] = [];
  const probe = () => probes.push(...replicas.processes.map(({ url }) => prober.send(url, token)));
  const timer = setInterval(probe, PROBE_MS);
  let acknowledgedAt = Number.POSITIVE_INFINITY;
  if (bySql) await client.query('update api_tokens set revoked_at = now() where id = $1', [id]);
  else {
    const { effective } = (await admin.call('POST', `/api/api-tokens/${id}/revoke`)) as {
      effective: { gateways: number; acknowledged: number };
    };
    if (effective.acknowledged === replicas.processes.length) acknowledgedAt = performance.now();
  }
  const endedAt = performance.now();
  await delay(WATCH_MS);
  clearInterval(timer);
  const accepted = (await Promise.all(probes)).filter(({ status }) => status === 200);
  return {
    lastAcceptedMs: Math.max(0, ...accepted.map(({ answeredAt }) => answeredAt - endedAt)),
    acceptedLate: accepted.filter(({ sentAt }) => sentAt > endedAt + 5_000).length,
    acceptedAfterAcknowledged: accepted.filter(({ sentAt }) => sentAt > acknowledgedAt).length,
  };
}

/** Every 50 to 250 ms half of the listening connections are ended; every second or so one wire is cut for up to a second. */
function startTrouble({ wires }: KillListenersOptions, client: Client) {
  let stopped = false;
  let killed = 0;
  let cuts = 0;

  async function kill(): Promise<void> {
    while (!stopped) {
      await delay(50 + Math.random() * 200);
      killed += (await client.query(KILL)).rowCount ?? 0;
    }
  }

  async function cut(): Promise<void> {
    while (!stopped && wires.length > 0) {
      await delay(500 + Math.random() * 1_000);
      const wire = wires[Math.floor(Math.random() * wires.length)];
      await wire?.cut();
      cuts += 1;
      await delay(200 + Math.random() * 800);
      await wire?.mend();
    }
  }

  const running = Promise.all([kill(), cut()]);
  return {
    async stop() {
      stopped = true;
      await running;
      return { killed, cuts };
    },
  };
}

/** What each server says of each token. One that has just lost its database answers 503 for a moment. */
async function askAll({ processes }: Replicas, prober: Prober, tokens: readonly { token: string }[]): Promise<number[][]> {
  const answers: number[][] = [];
  for (const { token } of tokens) answers.push(await Promise.all(processes.map(({ url }) => askUntilKnown(prober, url, token))));
  return answers;
}

async function askUntilKnown(prober: Prober, url: string, token: string): Promise<number> {
  for (let attempt = 0; attempt < 100; attempt += 1) {
    const { status } = await prober.send(url, token);
    if (status === 200 || status === 401) return status;
    await delay(100);
  }
  throw new Error(`${url} could not say within ten seconds whether it accepts a token.`);
}
