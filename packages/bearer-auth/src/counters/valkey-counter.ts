import type { Counter, LimitClaim, RateLimitState } from '@latchkey/core';
import type { Cluster, Redis } from 'ioredis';
import { createMemoryCounter } from './memory-counter.ts';
import { WINDOW_SCRIPT } from './window-script.ts';

export interface ValkeyCounterOptions {
  /**
   * A connected client: single, sentinel or cluster. Its life is the caller's. Give it an `error` listener, and let it reconnect:
   * meanwhile limits are kept in this process.
   */
  readonly client: Redis | Cluster;
  /** Start of every key, without braces. Default `latchkey:rate:`. */
  readonly keyPrefix?: string;
  /** How long one answer may take before this process counts by itself. Default 20. */
  readonly timeoutMs?: number;
  /** How many processes share the limits: while Valkey is away each keeps its part of `max`. Default 1. */
  readonly replicas?: number;
  /** `caller` takes the time of `now` instead of the server's: for tests. Default `server`, so that replicas need not agree on the time. */
  readonly clock?: 'server' | 'caller';
}

/** A counter that replicas share, in Valkey or Redis. */
export interface ValkeyCounter extends Counter {
  /** `memory` while Valkey can not be asked: limits then hold per process. */
  readonly mode: 'valkey' | 'memory';
  /** Answers that came from this process because Valkey's did not come in time. */
  readonly fallbacks: number;
  /** Ends the probing of an unreachable server. The client stays open. */
  close(): void;
}

type Operation = 'take' | 'peek' | 'give';
type Reply = readonly [allowed: number, current: number, remaining: number, resetInMs: number, openedAt: number];
type WindowCommand = (keyCount: number, ...keysAndArguments: (string | number)[]) => Promise<readonly Reply[]>;

/** What the script is asked, and what the counter of this process answers instead where the server does not. */
interface Question {
  readonly operation: Operation;
  readonly claims: readonly LimitClaim[];
  readonly cost: number;
  readonly now: number;
  readonly taken: readonly RateLimitState[];
}

const FAILURES_TO_OPEN = 3;
const PROBE_MS = 500;

/**
 * Counts with one atomic script per request, on the server's clock, under keys that begin with the claims' common tag. After three failures in a row it stops asking
 * and probes twice a second; each answer that does not come in time is given by a counter in this process. Never rejects.
 */
export function createValkeyCounter(options: ValkeyCounterOptions): ValkeyCounter {
  const { client, keyPrefix = 'latchkey:rate:', timeoutMs = 20, replicas = 1, clock = 'server' } = options;
  const local = createMemoryCounter();
  const runWindow = defineWindowCommand(client);
  let failures = 0;
  let fallbacks = 0;
  let probe: ReturnType<typeof setInterval> | null = null;

  async function ask(question: Question): Promise<RateLimitState[]> {
    const { claims, now } = question;
    if (claims.length === 0) return [];
    if (probe !== null || client.status !== 'ready') return fallBack(question);
    try {
      const replies = await withTimeout(runWindow(claims.length, ...scriptArguments(question)), timeoutMs);
      failures = 0;
      return claims.map((claim, index) => toState(replies[index], claim, now));
    } catch {
      // Whatever it was, the request must not wait for it: three in a row and Valkey is not asked until it answers a probe.
      failures += 1;
      if (failures >= FAILURES_TO_OPEN) probe ??= setInterval(checkAgain, PROBE_MS).unref();
      return fallBack(question);
    }
  }

  function scriptArguments({ operation, claims, cost, now, taken }: Question): (string | number)[] {
    const keys = claims.map(({ key }) => keyPrefix + key);
    const limits = claims.flatMap(({ limit }, index) => [limit.max, limit.windowMs, limit.algorithm, taken[index]?.openedAt ?? 0]);
    return [...keys, operation, cost, clock === 'caller' ? now : '', ...limits];
  }

  function fallBack({ operation, claims, cost, now, taken }: Question): RateLimitState[] {
    fallbacks += 1;
    const shares = claims.map((claim) => ({
      ...claim,
      limit: { ...claim.limit, max: Math.max(1, Math.floor(claim.limit.max / replicas)) },
    }));
    switch (operation) {
      case 'take':
        return local.take(shares, cost, now);
      case 'peek':
        return local.peek(shares, now);
      case 'give':
        // What the server counted is no window of this process, and is left alone.
        return local.giveBack(shares, taken, cost, now);
    }
  }

  async function checkAgain(): Promise<void> {
    if (client.status !== 'ready') return;
    try {
      await withTimeout(client.ping(), timeoutMs);
      stopProbing();
      failures = 0;
    } catch {
      // Still away: the next probe asks again.
    }
  }

  function stopProbing(): void {
    if (probe !== null) clearInterval(probe);
    probe = null;
  }

  return {
    take: (claims, cost, now) => ask({ operation: 'take', claims, cost, now, taken: [] }),
    peek: (claims, now) => ask({ operation: 'peek', claims, cost: 1, now, taken: [] }),
    giveBack: (claims, taken, cost, now) => ask({ operation: 'give', claims, cost, now, taken }),
    get mode() {
      return probe !== null || client.status !== 'ready' ? 'memory' : 'valkey';
    },
    get fallbacks() {
      return fallbacks;
    },
    close: stopProbing,
  };
}

function defineWindowCommand(client: Redis | Cluster): WindowCommand {
  client.defineCommand('latchkeyWindows', { lua: WINDOW_SCRIPT });
  const { latchkeyWindows } = client as unknown as { latchkeyWindows: WindowCommand };
  return latchkeyWindows.bind(client);
}

/** The reset is passed as a distance, because the caller's clock need not be the server's. */
function toState(reply: Reply | undefined, { name, limit }: LimitClaim, now: number): RateLimitState {
  if (reply === undefined) throw new Error('The server answered for fewer windows than it was asked for.');
  const [allowed, current, remaining, resetInMs, openedAt] = reply;
  return {
    name,
    allowed: allowed === 1,
    limit: limit.max,
    current,
    remaining,
    resetAt: now + resetInMs,
    windowMs: limit.windowMs,
    openedAt,
  };
}

function withTimeout<Value>(promise: Promise<Value>, timeoutMs: number): Promise<Value> {
  return new Promise((resolve, reject) => {
    const giveUp = () => reject(new Error(`Valkey did not answer within ${timeoutMs} ms.`));
    // Where this process was held up, the answer may have come in time and not have been read yet: sockets are read before `setImmediate`.
    const timer = setTimeout(() => setImmediate(giveUp), timeoutMs);
    promise.then(resolve, reject).finally(() => clearTimeout(timer));
  });
}
