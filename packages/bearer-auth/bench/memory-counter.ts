import type { LimitClaim } from '@latchkey/core';
import { createMemoryCounter } from '../src/counters/memory-counter.ts';

// Memory and time of the in-process counter with a million tokens. Run: node --expose-gc packages/bearer-auth/bench/memory-counter.ts

const TOKENS = 1_000_000;
const LIMIT = { max: 100, windowMs: 60_000, algorithm: 'fixed' } as const;
const now = Date.now();

function aClaim(key: string): LimitClaim {
  return { key, name: 'default', limit: LIMIT };
}

function usedBytes(): number {
  globalThis.gc?.();
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return heapUsed + arrayBuffers;
}

function time(label: string, run: () => void): void {
  const start = performance.now();
  run();
  const nanoseconds = ((performance.now() - start) * 1e6) / TOKENS;
  console.log(`${label}: ${nanoseconds.toFixed(0)} ns per request`);
}

const before = usedBytes();
const counter = createMemoryCounter({ maxKeys: TOKENS });
time('first request of a token ', () => {
  for (let id = 1; id <= TOKENS; id++) counter.take([aClaim(String(id))], 1, now);
});
const claims = Array.from({ length: 1_000 }, (_, id) => [aClaim(String(id + 1))]);
time('further requests         ', () => {
  for (let request = 0; request < TOKENS; request++) counter.take(claims[request % 1_000] ?? [], 1, now + 1);
});
claims.length = 0;
const bytes = usedBytes() - before;
console.log(
  `${counter.size.toLocaleString('en')} live windows: ${(bytes / 2 ** 20).toFixed(0)} MiB, ${(bytes / counter.size).toFixed(0)} bytes a token`,
);
