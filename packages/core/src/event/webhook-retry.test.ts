import { expect, it } from 'vitest';
import { webhookRetryDelayMs } from './webhook-retry.ts';

const pauses = (random: number) => {
  const all: number[] = [];
  for (let attempts = 1; ; attempts += 1) {
    const pause = webhookRetryDelayMs(attempts, random);
    if (pause === null) return all;
    all.push(pause);
  }
};

it('starts after five seconds, grows, and gives up after about a day', () => {
  const middle = pauses(0.5);
  expect(middle[0]).toBe(5_000);
  expect(middle.toSorted((a, b) => a - b)).toEqual(middle);
  const hours = middle.reduce((sum, pause) => sum + pause, 0) / 3_600_000;
  expect(hours).toBeGreaterThan(20);
  expect(hours).toBeLessThan(26);
});

it('spreads what failed together by a fifth each way', () => {
  expect(pauses(0)[0]).toBe(4_000);
  expect(pauses(0.999_999)[0]).toBe(6_000);
});
