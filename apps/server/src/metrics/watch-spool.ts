import type { Spool, SpoolReader } from '@latchkey/bearer-auth';
import type { DrainLag } from './create-drain-lag.ts';
import type { MetricAdder } from './create-metric-adder.ts';

export interface WatchedSpool {
  readonly spool: Spool;
  readonly reader: SpoolReader;
  readonly drainLag: DrainLag;
}

/** Usage records on their way into the database. */
export function watchSpool({ gauge, counter }: MetricAdder, { spool, reader, drainLag }: WatchedSpool): void {
  const usedRatio = () => spool.stats().bytes / spool.stats().capBytes;
  const accepting = () => Number(spool.accepting);
  gauge('latchkey_spool_bytes', 'Bytes of the usage spool on disk.', () => spool.stats().bytes);
  gauge('latchkey_spool_cap_bytes', 'Bytes that the usage spool may take on disk.', () => spool.stats().capBytes);
  gauge('latchkey_spool_used_ratio', 'Share of its cap that the usage spool takes; of several, the fullest.', usedRatio, 'max');
  gauge('latchkey_spool_waiting_bytes', 'Bytes of the usage spool that are not stored yet.', () => reader.stats().waitingBytes);
  gauge('latchkey_spool_accepting', '1 while usage records are taken, 0 while the guard answers 503.', accepting, 'min');
  gauge('latchkey_usage_drain_lag_seconds', 'Age of the oldest usage record that is not stored.', drainLag.seconds, 'max');
  counter('latchkey_usage_appended', 'Usage records made durable since the start.', () => spool.stats().appended);
  counter('latchkey_usage_failed', 'Usage records that could not be made durable since the start.', () => spool.stats().failed);
  counter('latchkey_usage_dropped', 'Usage records since the start that there was no room for.', () => spool.stats().dropped);
  counter('latchkey_usage_shipped', 'Usage records stored in the database since the start.', () => reader.stats().shipped);
  gauge('latchkey_usage_ship_failures', 'Failed attempts to store usage since the last one that went well.', () => reader.stats().failures);
  counter('latchkey_usage_missing', 'Usage records that were written and could not be read since the start.', () => reader.stats().missing);
  counter('latchkey_usage_corrupt', 'Damaged stretches of the spool that were skipped since the start.', () => reader.stats().corrupt);
  counter('latchkey_usage_corrupt_bytes', 'Bytes of damaged stretches of the spool.', () => reader.stats().corruptBytes);
}
