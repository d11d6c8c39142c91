import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { createDrainLag } from './create-drain-lag.ts';

const START = Date.UTC(2026, 0, 15, 12);

beforeEach(() => {
  vi.useFakeTimers({ now: START });
});
afterEach(() => {
  vi.useRealTimers();
});

/** A spool of two segments: what is written and what waits is said by the test. */
function openScene(before = 0) {
  let written = before;
  let waiting = before;
  const segments = () => [
    { number: 1, path: '', bytes: Math.min(written, 100), sealed: written > 100 },
    ...(written > 100 ? [{ number: 2, path: '', bytes: written - 100, sealed: false }] : []),
  ];
  const end = () => ({ segment: written > 100 ? 2 : 1, offset: written > 100 ? written - 100 : written });
  const stats = () => ({ shipped: 0, corrupt: 0, corruptBytes: 0, missing: 0, waitingBytes: waiting, failures: 0, lastShippedAt: null });
  const lag = createDrainLag({ spool: { end, segments }, reader: { stats }, now: Date.now });
  return {
    lag,
    write(bytes: number) {
      written += bytes;
      waiting += bytes;
    },
    store(bytes: number) {
      waiting -= bytes;
    },
  };
}

test('is nothing while everything is stored', () => {
  const { lag, write, store } = openScene();
  vi.advanceTimersByTime(60_000);
  write(50);
  store(50);
  vi.advanceTimersByTime(60_000);
  expect(lag.seconds()).toBe(0);
});

test('is the age of the oldest record that waits, whatever was stored since of others', () => {
  const { lag, write, store } = openScene();
  for (let second = 0; second < 30; second += 1) {
    write(10);
    vi.advanceTimersByTime(1_000);
  }
  expect(lag.seconds()).toBe(29);
  // What was written in the first fifteen seconds, over both segments.
  store(150);
  expect(lag.seconds()).toBe(14);
  store(150);
  expect(lag.seconds()).toBe(0);
});

test('counts what an earlier process left from the start', () => {
  const { lag, store } = openScene(40);
  vi.advanceTimersByTime(5_000);
  expect(lag.seconds()).toBe(5);
  store(40);
  expect(lag.seconds()).toBe(0);
});

test('still knows the oldest record of an outage of a day', () => {
  const { lag, write } = openScene();
  for (let second = 0; second < 86_400; second += 1) {
    write(1);
    vi.advanceTimersByTime(1_000);
  }
  expect(lag.seconds()).toBeGreaterThanOrEqual(86_390);
});
