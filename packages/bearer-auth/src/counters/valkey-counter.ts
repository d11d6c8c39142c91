import type { Counter, RateLimit, RateLimitState } from '@latchkey/core';
import type { Cluster, Redis } from 'ioredis';
import { createMemoryCounter } from './memory-counter.ts';
import { WINDOW_SCRIPT } from './window-script.ts';

export interface ValkeyCounterOptions {
  /**
   * A connected client: single, sentinel or cluster. Its life is the caller's. Give it an `error` listener, and let it reconnect:
   * meanwhile limits are kept in this process.
   */
  readonly client: Redis | Cluster;
  /** Start of every key. Default `latchkey:rate:`. */
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

type Operation = 'take' | 'peek';
type Reply = readonly [allowed: number, current: number, remaining: number, resetInMs: number];
type WindowCommand = (
  key: string,
  max: number,
  windowMs: number,
  algorithm: string,
  operation: Operation,
  now: number | '',
) => Promise<Reply>;

const FAILURES_TO_OPEN = 3;
const PROBE_MS = 500;

/**
 * Counts with one atomic script per request, on the server's clock, under hash-tagged keys. After three failures in a row it stops asking
 * and probes twice a second; each answer that does not come in time is given by a counter in this process. Never rejects.
 */
export function createValkeyCounter(options: ValkeyCounterOptions): ValkeyCounter {
  const { client, keyPrefix = 'latchkey:rate:', timeoutMs = 20, replicas = 1, clock = 'server' } = options;
  const local = createMemoryCounter();
  const runWindow = defineWindowCommand(client);
  let failures = 0;
  let fallbacks = 0;
  let probe: ReturnType<typeof setInterval> | null = null;

  async function ask(operation: Operation, key: string, limit: RateLimit, now: number): Promise<RateLimitState> {
    if (probe !== null || client.status !== 'ready') return fallBack(operation, key, limit, now);
    try {
      const at = clock === 'caller' ? now : '';
      const command = runWindow(`${keyPrefix}{${key}}`, limit.max, limit.windowMs, limit.algorithm, operation, at);
      const reply = await withTimeout(command, timeoutMs);
      failures = 0;
      return toState(reply, limit, now);
    } catch {
      // Whatever it was, the request must not wait for it: three in a row and Valkey is not asked until it answers a probe.
      failures += 1;
      if (failures >= FAILURES_TO_OPEN) probe ??= setInterval(checkAgain, PROBE_MS).unref();
      return fallBack(operation, key, limit, now);
    }
  }

  function fallBack(operation: Operation, key: string, limit: RateLimit, now: number): RateLimitState {
    fallbacks += 1;
    return local[operation](key, { ...limit, max: Math.max(1, Math.floor(limit.max / replicas)) }, now);
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
    take: (key, limit, now) => ask('take', key, limit, now),
    peek: (key, limit, now) => ask('peek', key, limit, now),
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
  client.defineCommand('latchkeyWindow', { numberOfKeys: 1, lua: WINDOW_SCRIPT });
  const { latchkeyWindow } = client as unknown as { latchkeyWindow: WindowCommand };
  return latchkeyWindow.bind(client);
}

/** The reset is passed as a distance, because the caller's clock need not be the server's. */
function toState([allowed, current, remaining, resetInMs]: Reply, limit: RateLimit, now: number): RateLimitState {
  return { allowed: allowed === 1, limit: limit.max, current, remaining, resetAt: now + resetInMs, windowMs: limit.windowMs };
}

function withTimeout<Value>(promise: Promise<Value>, timeoutMs: number): Promise<Value> {
  return new Promise((resolve, reject) => {
    const giveUp = () => reject(new Error(`Valkey did not answer within ${timeoutMs} ms.`));
    // Where this process was held up, the answer may have come in time and not have been read yet: sockets are read before `setImmediate`.
    const timer = setTimeout(() => setImmediate(giveUp), timeoutMs);
    promise.then(resolve, reject).finally(() => clearTimeout(timer));
  });
}
