// What counting a request costs: node apps/server/src/metrics/testing/measure-count.ts
import { aUsageRecord } from '@latchkey/core/testing';
import { createMetrics } from '../create-metrics.ts';

const ROUNDS = 5;
const RECORDS = 2_000_000;
const sink = createMetrics().count({ accepting: true, append: () => undefined });
const done = (): void => undefined;
const records = Array.from({ length: 8 }, (_, index) =>
  aUsageRecord({ durationUs: 300 * (index + 1), ...(index === 7 && { outcome: 'RATE_LIMITED', status: 429 }) }),
);

for (let round = 0; round < ROUNDS; round += 1) {
  const before = process.cpuUsage();
  for (let index = 0; index < RECORDS; index += 1) sink.append(records[index & 7] ?? aUsageRecord(), done);
  const { user, system } = process.cpuUsage(before);
  process.stdout.write(`${((user + system) * 1000) / RECORDS} ns of processor time per record\n`);
}
