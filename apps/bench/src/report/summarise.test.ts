import { describe, expect, it } from 'vitest';
import type { Measurement } from '../measure/measure-once.ts';
import type { Sample } from '../measure/run-rounds.ts';
import { headToHead } from './head-to-head.ts';
import { spreadOf } from './spread.ts';
import { summarise } from './summarise.ts';

function aSample(name: string, round: number, requestsPerSecond: number, cpuUs: number | null, bare: Sample['bare']): Sample {
  const measured: Measurement = { requestsPerSecond, cpuUs, databaseCpuUs: null, p50Us: 1_000, p99Us: 2_000, serverBusy: 1, loadBusy: 0.5 };
  return { name, round, measured, bare };
}

describe('spreadOf', () => {
  it('is the middle of an odd number, the mean of the two middles of an even one, and the range', () => {
    expect(spreadOf([5, 1, 3])).toEqual({ median: 3, min: 1, max: 5 });
    expect(spreadOf([10, 1, 3, 4])).toEqual({ median: 3.5, min: 1, max: 10 });
    expect(spreadOf([7])).toEqual({ median: 7, min: 7, max: 7 });
  });

  it('leaves out what nobody could tell, and is null where nothing is left', () => {
    expect(spreadOf([null, Number.NaN, 2])).toEqual({ median: 2, min: 2, max: 2 });
    expect(spreadOf([null, Number.POSITIVE_INFINITY])).toBeNull();
  });
});

describe('summarise', () => {
  it('divides every round by the bare server of that round, and takes the median of the ratios', () => {
    // A machine that is twice as fast in the second round: the ratio of the medians would be 0.75.
    const samples = [
      aSample('guard', 0, 80, 20, { requestsPerSecond: 100, cpuUs: 16 }),
      aSample('other', 0, 1, 999, { requestsPerSecond: 100, cpuUs: 16 }),
      aSample('guard', 1, 160, 10, { requestsPerSecond: 200, cpuUs: 8 }),
      aSample('guard', 2, 60, 30, { requestsPerSecond: 100, cpuUs: 16 }),
    ];
    const summary = summarise('guard', samples);
    expect(summary.throughputRatio).toEqual({ median: 0.8, min: 0.6, max: 0.8 });
    expect(summary.cpuRatio).toEqual({ median: 1.25, min: 1.25, max: 1.875 });
    expect(summary.addedCpuUs).toEqual({ median: 4, min: 2, max: 14 });
    expect(summary.requestsPerSecond).toEqual({ median: 80, min: 60, max: 160 });
    expect(summary.halfLoad).toBeNull();
  });

  it('tells no processor time where there was none to read', () => {
    const summary = summarise('guard', [aSample('guard', 0, 80, null, { requestsPerSecond: 100, cpuUs: null })]);
    expect([summary.cpuUs, summary.cpuRatio, summary.addedCpuUs]).toEqual([null, null, null]);
  });

  it('takes the added latency from runs at the same rate, one by one', () => {
    const at = { name: 'guard', ratePerSecond: 500, p50Us: 100 };
    const halfLoad = [
      { ...at, p99Us: 300, bareP50Us: 90, bareP99Us: 200 },
      { ...at, p99Us: 900, bareP50Us: 80, bareP99Us: 850 },
    ];
    expect(summarise('guard', [], halfLoad).halfLoad).toMatchObject({
      ratePerSecond: 500,
      addedP50Us: { median: 15, min: 10, max: 20 },
      addedP99Us: { median: 75, min: 50, max: 100 },
    });
  });
});

describe('headToHead', () => {
  it('compares two servers in the same rounds only', () => {
    const bare = { requestsPerSecond: 100, cpuUs: 1 };
    const samples = [
      aSample('a', 0, 30, 1, bare),
      aSample('b', 0, 10, 1, bare),
      aSample('a', 1, 20, 1, bare),
      aSample('a', 2, 50, 1, bare),
      aSample('b', 2, 10, 1, bare),
    ];
    expect(headToHead('a', 'b', samples)).toEqual({ median: 4, min: 3, max: 5 });
    expect(headToHead('a', 'c', samples)).toBeNull();
  });
});
