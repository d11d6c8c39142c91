import type { SpoolRecord, UnknownAttempts, UsageRecord } from '@latchkey/core';
import type { UsageSink } from '../usage-sink.ts';

type Done = (error: Error | null) => void;

/** A usage sink that keeps what it gets, and can hold back or fail the confirmation. */
export interface MemoryUsageSink extends UsageSink {
  accepting: boolean;
  /** While set, records are refused with it. */
  failure: Error | null;
  /** While true, records wait for `confirm`. */
  isHolding: boolean;
  readonly records: readonly UsageRecord[];
  readonly unknown: readonly UnknownAttempts[];
  /** Confirms everything held back. */
  confirm(): void;
  /** Resolves when this many requests have been recorded. */
  waitFor(count: number): Promise<void>;
}

/** A sink that accepts, and confirms a record when whoever appended it is through. */
export function createMemoryUsageSink(): MemoryUsageSink {
  const records: UsageRecord[] = [];
  const unknown: UnknownAttempts[] = [];
  const held: Done[] = [];
  const waiting: { count: number; resolve: () => void }[] = [];

  function keep(record: SpoolRecord): void {
    if (record.kind === 'unknown') unknown.push(record);
    if (record.kind === 'request') records.push(record);
    for (const waiter of waiting) if (records.length >= waiter.count) waiter.resolve();
  }

  const sink: MemoryUsageSink = {
    accepting: true,
    failure: null,
    isHolding: false,
    records,
    unknown,
    append(record, done) {
      const { failure } = sink;
      if (failure === null) keep(record);
      if (sink.isHolding) held.push(done);
      else queueMicrotask(() => done(failure));
    },
    confirm() {
      for (const done of held.splice(0)) done(sink.failure);
    },
    waitFor: (count) =>
      new Promise((resolve) => {
        if (records.length >= count) resolve();
        else waiting.push({ count, resolve });
      }),
  };
  return sink;
}
