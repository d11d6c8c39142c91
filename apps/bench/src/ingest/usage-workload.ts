import type { UsageRecord } from '@latchkey/core';

/** `skewed`: as APIs are used. `scattered`: the worst there is, where next to no two requests of a batch are of the same kind. */
export type Workload = 'skewed' | 'scattered';

export const WORKLOADS: readonly Workload[] = ['skewed', 'scattered'];

export interface WorkloadOptions {
  readonly workload: Workload;
  readonly tokens: number;
  readonly endpoints: number;
  /** Requests a second at which the backlog built up. */
  readonly perSecond: number;
  /** Epoch milliseconds of the last request. */
  readonly until: number;
}

/**
 * The requests of a backlog, oldest first; tokens have the ids from 1 on, and secrets the ids of their tokens. Skewed, tokens are asked by Zipf's law
 * with exponent 1 – the busiest of 1,000 makes 13 % of the requests, the busiest hundred 69 % – and each token uses the endpoints by the
 * same law, beginning with another one. Scattered, tokens and endpoints are drawn nearly evenly and independently of each other.
 */
export function* usageRecords({ workload, tokens, endpoints, perSecond, until }: WorkloadOptions, count: number): Generator<UsageRecord> {
  const random = createRandom(0x9e3779b9);
  const drawToken = workload === 'skewed' ? zipf(tokens, random) : (): number => Math.floor(tokens * random() ** 1.8);
  const drawEndpoint = workload === 'skewed' ? zipf(endpoints, random) : (): number => Math.floor(endpoints * random() ** 1.5);
  for (let n = 0; n < count; n += 1) {
    const token = drawToken();
    const endpoint = workload === 'skewed' ? (drawEndpoint() + token * 7) % endpoints : drawEndpoint();
    yield recordOf(token, endpoint, Math.floor(until - ((count - n) * 1000) / perSecond), random);
  }
}

function recordOf(token: number, endpoint: number, at: number, random: () => number): UsageRecord {
  const status = statusOf(random());
  const isWrite = endpoint % 4 === 3;
  return {
    kind: 'request',
    tokenId: token + 1,
    at,
    method: isWrite ? 'POST' : 'GET',
    endpoint: `/resource-${endpoint}/:id`,
    path: `/resource-${endpoint}/${Math.floor(random() * 100_000)}`,
    status,
    durationUs: status === 429 ? 150 : Math.round(4_000 * Math.exp(random() * 3 + random() ** 8 * 3)),
    requestBytes: isWrite ? 640 : 0,
    responseBytes: 200 + Math.floor(random() * 9_000),
    ip: `203.0.113.${token % 250}`,
    userAgent: 'bench/1.0 (usage-workload)',
    outcome: status === 429 ? 'RATE_LIMITED' : 'VALID',
    requestId: `bench-${Math.floor(random() * 2 ** 48).toString(36)}`,
    secretId: token + 1,
    cost: 1,
    trial: null,
  };
}

function statusOf(chance: number): number {
  if (chance < 0.93) return 200;
  if (chance < 0.96) return 404;
  return chance < 0.985 ? 429 : 502;
}

/** Draws ranks from 0 on: rank r with a weight of 1 / (r + 1). */
function zipf(size: number, random: () => number): () => number {
  let sum = 0;
  const sums = Float64Array.from({ length: size }, (_, rank) => {
    sum += 1 / (rank + 1);
    return sum;
  });
  return () => {
    const wanted = random() * sum;
    let [low, high] = [0, size - 1];
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((sums[middle] ?? 0) < wanted) low = middle + 1;
      else high = middle;
    }
    return low;
  };
}

/** The same numbers at every run: mulberry32. From 0, below 1. */
function createRandom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
