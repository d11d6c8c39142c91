import { setTimeout as delay } from 'node:timers/promises';
import type { AdminClient } from './admin-client.ts';
import type { Replicas } from './open-replicas.ts';
import { createProber, type Probe, type Prober } from './probe.ts';

/** What an administrator does to a token so that requests with it are refused. */
export type ChangeKind = 'revoke' | 'disable' | 'delete' | 'restrict';

export interface MeasureOptions {
  readonly replicas: Replicas;
  readonly count: number;
  readonly kinds: readonly ChangeKind[];
  /** Changes under way at the same time. */
  readonly concurrency: number;
  /** Requests a second, over all processes, with a token that nobody touches. */
  readonly loadPerSecond: number;
  readonly onChange?: (done: number) => void;
}

/** One change and what clients saw of it. Milliseconds. */
export interface MeasuredChange {
  /** From the start of the call until the answer to the last request that any process accepted; 0: none was after it. */
  readonly lastAcceptedMs: number;
  /** From the start of the call until its answer. */
  readonly answeredMs: number;
  readonly effective: { gateways: number; acknowledged: number; ms: number };
  /** Requests that were sent after the answer had come, and accepted. */
  readonly acceptedAfter: number;
  /** Requests that were sent after it. */
  readonly sentAfter: number;
}

const PROBE_MS = 10;
/** Before the call, so that every process has the token warm, and after it, to see whether somebody still accepts it. */
const BEFORE_MS = 50;
const AFTER_MS = 150;

const CALLS: Record<ChangeKind, (admin: AdminClient, id: number) => Promise<Record<string, unknown>>> = {
  revoke: (admin, id) => admin.call('POST', `/api/api-tokens/${id}/revoke`),
  disable: (admin, id) => admin.call('PUT', `/api/api-tokens/${id}`, { active: false }),
  delete: (admin, id) => admin.call('DELETE', `/api/api-tokens/${id}`),
  restrict: (admin, id) => admin.call('PUT', `/api/api-tokens/${id}`, { allowed_endpoints: ['/nothing'] }),
};

/** Ends one token after the other, each asked for at every process every ten milliseconds, while other requests go on. */
export async function measureRevocations(options: MeasureOptions): Promise<MeasuredChange[]> {
  const { replicas, count, kinds, concurrency, onChange = () => undefined } = options;
  const prober = createProber();
  const load = await startLoad(options, prober);
  const measured: MeasuredChange[] = [];
  let next = 0;

  async function work(): Promise<void> {
    for (let index = next++; index < count; index = next++) {
      measured.push(await measureChange(replicas, prober, kinds[index % kinds.length] ?? 'revoke', index));
      onChange(measured.length);
    }
  }

  try {
    await Promise.all(Array.from({ length: concurrency }, work));
    await load.stop();
    return measured;
  } finally {
    prober.close();
  }
}

async function measureChange({ processes, admins }: Replicas, prober: Prober, kind: ChangeKind, index: number): Promise<MeasuredChange> {
  // Asked of each process in turn: whoever is asked tells the others.
  const admin = admins[index % admins.length] as AdminClient;
  const token = await admin.createToken({ name: `Change ${index}`, rate_limit: 1_000_000 });
  const probing = processes.map(({ url }) => startProbing(prober, url, token.token));
  await delay(BEFORE_MS);
  const startedAt = performance.now();
  const answer = await CALLS[kind](admin, token.id);
  const answeredAt = performance.now();
  await delay(AFTER_MS);
  const probes = (await Promise.all(probing.map(({ stop }) => stop()))).flat();
  return judge(probes, answer.effective as MeasuredChange['effective'], startedAt, answeredAt);
}

function judge(probes: Probe[], effective: MeasuredChange['effective'], startedAt: number, answeredAt: number): MeasuredChange {
  const accepted = probes.filter(({ status }) => status === 200);
  if (!accepted.some(({ sentAt }) => sentAt < startedAt))
    throw new Error('The token was never accepted: nothing can be said about its end.');
  const after = probes.filter(({ sentAt }) => sentAt > answeredAt);
  if (!after.some(({ status }) => status >= 400)) throw new Error('Nobody was refused after the answer: nothing can be said about it.');
  return {
    lastAcceptedMs: Math.max(0, ...accepted.map((probe) => probe.answeredAt - startedAt)),
    answeredMs: answeredAt - startedAt,
    effective,
    acceptedAfter: after.filter(({ status }) => status === 200).length,
    sentAfter: after.length,
  };
}

/** One request every ten milliseconds, whether the one before was answered or not. */
function startProbing(prober: Prober, url: string, token: string) {
  const probes: Promise<Probe>[] = [prober.send(url, token)];
  const timer = setInterval(() => probes.push(prober.send(url, token)), PROBE_MS);
  return {
    stop() {
      clearInterval(timer);
      return Promise.all(probes);
    },
  };
}

async function startLoad({ replicas: { processes, admins }, loadPerSecond }: MeasureOptions, prober: Prober) {
  const token = await admins[0]?.createToken({ name: 'Load', rate_limit: 100_000_000 });
  const sent: Promise<unknown>[] = [];
  let turn = 0;
  const send = () => {
    const { url = '' } = processes[turn++ % processes.length] ?? {};
    sent.push(prober.send(url, token?.token ?? ''));
  };
  const timer = setInterval(send, 1_000 / loadPerSecond);
  return {
    async stop() {
      clearInterval(timer);
      await Promise.all(sent);
    },
  };
}
