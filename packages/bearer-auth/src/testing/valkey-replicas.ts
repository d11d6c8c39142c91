import type { OwnerPools, RateLimit } from '@latchkey/core';
import type { Cluster, Redis } from 'ioredis';
import { createValkeyCounter, type ValkeyCounter } from '../counters/valkey-counter.ts';
import type { Guard } from '../guard.ts';
import { aGuardScene } from './guard-scene.ts';
import { bearer } from './send.ts';

/** Several guards that share limits, each with a counter and a client of its own, as several gateways have them. */
export interface ValkeyReplicas {
  readonly counters: readonly ValkeyCounter[];
  /** Issues a token with this limit, to this person if one is named; answers its text. */
  issue(limit: RateLimit, person?: string): string;
  /** One request to the guard of that number; whether it passed. Fails for any refusal but that of the limit. */
  ask(text: string, replica: number): Promise<boolean>;
  /** Keeps asking all guards until it is stopped. */
  stream(text: string, concurrency?: number): Stream;
  /** Resolves when every replica counts there. */
  become(mode: ValkeyCounter['mode']): Promise<void>;
  close(): Promise<void>;
}

export interface Stream {
  /** What happened since the last look. */
  look(): Seen;
  /** Ends when the last answer has come. */
  stop(): Promise<Seen>;
}

export interface Seen {
  readonly asked: number;
  readonly passed: number;
  /** Answers that would be a 5xx. */
  readonly failed: number;
  /** Requests that waited for ten milliseconds or longer, and the longest wait of any. */
  readonly waited: number;
  readonly longestMs: number;
}

/** Requests that wait for half of the default time-out have waited for the server, and not for a turn of this process. */
const WAITED_MS = 10;

/** `timeoutMs`: of the counters; their default where it is not given. `pools`: what tokens of one `person` share. */
export async function openReplicas(
  count: number,
  open: () => Redis | Cluster,
  timeoutMs?: number,
  pools: OwnerPools = {},
): Promise<ValkeyReplicas> {
  const home = aGuardScene();
  const clients = Array.from({ length: count }, open);
  for (const client of clients) client.on('error', () => undefined);
  const counters = clients.map((client) => createValkeyCounter({ client, liveGateways: () => count, ...(timeoutMs && { timeoutMs }) }));
  const guards = counters.map((counter) => aGuardScene({ tokens: home.tokens, counter, pools, now: Date.now }).guard);

  async function check(text: string, replica: number): Promise<'passed' | 'limited' | 'failed'> {
    const guard = guards[replica % count] as Guard;
    const verdict = await guard.check({ method: 'GET', target: '/products', rawHeaders: bearer(text), ip: null, requestId: 'r' });
    if (verdict.kind === 'admit') return 'passed';
    return verdict.reason === 'rate_limited' ? 'limited' : 'failed';
  }

  function stream(text: string, concurrency = 4): Stream {
    let seen = nothing();
    let goesOn = true;
    const asking = Array.from({ length: count * concurrency }, async (_, index) => {
      while (goesOn) {
        const since = performance.now();
        const outcome = await check(text, index);
        note(seen, outcome, performance.now() - since);
        // Room for the servers on a machine that is shared with them.
        await new Promise((resolve) => setTimeout(resolve, 2));
      }
    });
    const look = (): Seen => {
      const before = seen;
      seen = nothing();
      return before;
    };
    return {
      look,
      async stop() {
        goesOn = false;
        await Promise.all(asking);
        return look();
      },
    };
  }

  async function become(mode: ValkeyCounter['mode']): Promise<void> {
    while (!counters.every((counter) => counter.mode === mode)) await new Promise((resolve) => setTimeout(resolve, 5));
  }

  return {
    counters,
    issue: (rateLimit, person) => home.tokens.issue({ rateLimit, ...(person !== undefined && { ownerType: 'person', ownerId: person }) }),
    async ask(text, replica) {
      const outcome = await check(text, replica);
      if (outcome === 'failed') throw new Error('The guard answered neither yes nor no.');
      return outcome === 'passed';
    },
    stream,
    become,
    async close() {
      for (const counter of counters) counter.close();
      for (const client of clients) client.disconnect();
      await Promise.all(guards.map((guard) => guard.close()));
    },
  };
}

type Tally = { -readonly [Key in keyof Seen]: Seen[Key] };

function nothing(): Tally {
  return { asked: 0, passed: 0, failed: 0, waited: 0, longestMs: 0 };
}

function note(seen: Tally, outcome: 'passed' | 'limited' | 'failed', ms: number): void {
  seen.asked += 1;
  if (outcome === 'passed') seen.passed += 1;
  if (outcome === 'failed') seen.failed += 1;
  if (ms >= WAITED_MS) seen.waited += 1;
  seen.longestMs = Math.max(seen.longestMs, ms);
}
