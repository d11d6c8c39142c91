import { describe, expect, it, vi } from 'vitest';
import { createMemoryUsageSink } from './testing/memory-usage-sink.ts';
import { createUnknownAttemptCounter } from './unknown-attempts.ts';

describe('attempts with unknown tokens', () => {
  it('are summed by fingerprint, address and reason', async () => {
    const sink = createMemoryUsageSink();
    const counter = createUnknownAttemptCounter(sink);
    counter.note('unknown', 'a'.repeat(16), '192.0.2.1', 5);
    counter.note('unknown', 'a'.repeat(16), '192.0.2.1', 9);
    counter.note('unknown', 'a'.repeat(16), '192.0.2.2', 7);
    counter.note('malformed', 'b'.repeat(16), null, 8);
    await counter.close();
    expect(sink.unknown).toEqual([
      { kind: 'unknown', reason: 'unknown', fingerprint: 'a'.repeat(16), ip: '192.0.2.1', count: 2, firstAt: 5, lastAt: 9 },
      { kind: 'unknown', reason: 'unknown', fingerprint: 'a'.repeat(16), ip: '192.0.2.2', count: 1, firstAt: 7, lastAt: 7 },
      { kind: 'unknown', reason: 'malformed', fingerprint: 'b'.repeat(16), ip: null, count: 1, firstAt: 8, lastAt: 8 },
    ]);
  });

  it('are written about a second later without anybody asking', async () => {
    vi.useFakeTimers();
    const sink = createMemoryUsageSink();
    const counter = createUnknownAttemptCounter(sink);
    counter.note('unknown', 'a'.repeat(16), null, 0);
    await vi.advanceTimersByTimeAsync(999);
    expect(sink.unknown).toHaveLength(0);
    await vi.advanceTimersByTimeAsync(1);
    expect(sink.unknown).toHaveLength(1);
    vi.useRealTimers();
  });

  it('of a flood are bounded, and none is lost from the count', async () => {
    const sink = createMemoryUsageSink();
    const counter = createUnknownAttemptCounter(sink);
    for (let attempt = 0; attempt < 5_000; attempt++)
      counter.note('malformed', attempt.toString(16).padStart(16, '1'), '192.0.2.1', attempt);
    await counter.close();
    expect(sink.unknown.length).toBeLessThanOrEqual(1_001);
    expect(sink.unknown.reduce((sum, attempts) => sum + attempts.count, 0)).toBe(5_000);
  });

  it('wait while the sink can not take them', async () => {
    const sink = createMemoryUsageSink();
    const counter = createUnknownAttemptCounter(sink);
    counter.note('unknown', 'a'.repeat(16), null, 0);
    sink.accepting = false;
    await counter.flush();
    sink.accepting = true;
    sink.failure = new Error('disk full');
    await counter.flush();
    expect(sink.unknown).toHaveLength(0);
    sink.failure = null;
    await counter.close();
    expect(sink.unknown).toMatchObject([{ count: 1 }]);
  });
});
