import { createMemoryCounter } from '../src/counters/memory-counter.ts';
import { createQuotaKeeper } from '../src/quota/quota-keeper.ts';
import { createMemoryQuotaLedger } from '../src/testing/memory-quota-ledger.ts';

// What a quota and further windows add to a warm request, in nanoseconds, and how rarely the ledger is asked.
// Run: node packages/bearer-auth/bench/quota.ts

const REQUESTS = 2_000_000;
const BATCH = 100;
const QUOTA = { refillAmount: null, refillIntervalMs: null, epoch: 0 };
const MINUTE = { max: 1_000_000_000, windowMs: 60_000, algorithm: 'fixed' } as const;
const clock = { now: Date.now() };

const ledger = createMemoryQuotaLedger();
ledger.set(1, { remaining: 1_000_000_000, epoch: 0 });
const keeper = createQuotaKeeper({ ledger, now: () => clock.now });

let awaited = 0;
let spentMs = 0;
for (let batch = 0; batch < REQUESTS / BATCH; batch++) {
  const start = performance.now();
  for (let request = 0; request < BATCH; request++) {
    const state = keeper.take(1, QUOTA, 1, clock.now);
    if (!(state instanceof Promise)) continue;
    awaited += 1;
    await state;
  }
  spentMs += performance.now() - start;
  // Between requests the event loop turns, and leases arrive.
  await new Promise((resolve) => setImmediate(resolve));
}
const nanoseconds = (spentMs * 1e6) / REQUESTS;
console.log(`quota: ${nanoseconds.toFixed(0)} ns per request`);
console.log(`${ledger.grants.length} leases for ${REQUESTS.toLocaleString('en')} requests, ${awaited} of which waited for one`);
await keeper.close();

for (const windows of [1, 2, 4]) {
  const counter = createMemoryCounter();
  const claims = Array.from({ length: windows }, (_, index) => ({ key: `{1}:w${index}`, name: `w${index}`, limit: MINUTE }));
  const begin = performance.now();
  for (let request = 0; request < REQUESTS; request++) counter.take(claims, 1, clock.now);
  const each = ((performance.now() - begin) * 1e6) / REQUESTS;
  console.log(`${windows} ${windows === 1 ? 'window' : 'windows'}: ${each.toFixed(0)} ns per request`);
}
