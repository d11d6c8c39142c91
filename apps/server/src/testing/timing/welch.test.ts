import { describe, expect, it } from 'vitest';
import { commonThreshold, croppedT, momentsOf, welchT } from './welch.ts';

// Their t was computed by another program.
const A1 = [27.5, 21.0, 19.0, 23.6, 17.0, 17.9, 16.9, 20.1, 21.9, 22.6, 23.1, 19.6, 19.0, 21.7, 21.4];
const A2 = [27.1, 22.0, 20.8, 23.4, 23.4, 23.5, 25.8, 22.0, 24.8, 20.2, 21.9, 22.1, 22.9, 30.5, 24.2];

describe('Welch’s t', () => {
  it('is what others compute', () => {
    expect(momentsOf(A1)).toEqual({ count: 15, mean: expect.closeTo(20.82, 10), variance: expect.closeTo(7.867428571, 8) });
    expect(momentsOf(A2)).toEqual({ count: 15, mean: expect.closeTo(23.64, 10), variance: expect.closeTo(6.908285714, 8) });
    expect(welchT(momentsOf(A1), momentsOf(A2))).toBeCloseTo(-2.841322271, 8);
  });

  it('is computed by the definition', () => {
    const [a, b] = [momentsOf([1, 2, 3, 4]), momentsOf([2, 4, 6])];
    expect(a).toEqual({ count: 4, mean: 2.5, variance: expect.closeTo(5 / 3, 10) });
    expect(welchT(a, b)).toBeCloseTo((2.5 - 4) / Math.sqrt(5 / 3 / 4 + 4 / 3), 10);
  });

  it('is 0 where nothing differs, and without end where nothing varies', () => {
    expect(welchT(momentsOf([1, 1]), momentsOf([1, 1]))).toBe(0);
    expect(welchT(momentsOf([2, 2]), momentsOf([1, 1]))).toBe(Number.POSITIVE_INFINITY);
  });
});

describe('cropping', () => {
  it('leaves out of both what is above what they have in common', () => {
    const quiet = Float64Array.from({ length: 1_000 }, (_, index) => index % 10);
    const noisy = quiet.map((sample, index) => (index % 100 === 0 ? 1e9 : sample));
    expect(commonThreshold(quiet, noisy, 0.9)).toBeLessThan(10);
    expect(Math.abs(croppedT(quiet, noisy, 0.9))).toBeLessThan(2);
  });

  it('keeps a difference that is there', () => {
    const fast = Float64Array.from({ length: 10_000 }, (_, index) => 100 + (index % 10));
    const slow = fast.map((sample) => sample + 1);
    expect(croppedT(fast, slow, 0.9)).toBeLessThan(-4.5);
  });
});
