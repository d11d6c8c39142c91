import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { createDeadline } from './deadline.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

function openDeadline() {
  const onExpired = vi.fn();
  return { deadline: createDeadline(onExpired), onExpired };
}

describe('a deadline', () => {
  test('expires once, when its time is over and not before', () => {
    const { deadline, onExpired } = openDeadline();
    deadline.begin(100);
    vi.advanceTimersByTime(99);
    expect(onExpired).not.toHaveBeenCalled();
    vi.advanceTimersByTime(10_000);
    expect(onExpired).toHaveBeenCalledTimes(1);
  });

  test('begins again with every refresh', () => {
    const { deadline, onExpired } = openDeadline();
    deadline.begin(100);
    for (let round = 0; round < 10; round += 1) {
      vi.advanceTimersByTime(90);
      deadline.refresh();
    }
    expect(onExpired).not.toHaveBeenCalled();
    vi.advanceTimersByTime(102);
    expect(onExpired).toHaveBeenCalledTimes(1);
  });

  test('may become shorter, and longer', () => {
    const { deadline, onExpired } = openDeadline();
    deadline.begin(1_000);
    deadline.begin(50);
    vi.advanceTimersByTime(52);
    expect(onExpired).toHaveBeenCalledTimes(1);
    deadline.begin(50);
    deadline.begin(1_000);
    vi.advanceTimersByTime(999);
    expect(onExpired).toHaveBeenCalledTimes(1);
    vi.advanceTimersByTime(3);
    expect(onExpired).toHaveBeenCalledTimes(2);
  });

  test('that was cleared expires no more, and a refresh does not wake it', () => {
    const { deadline, onExpired } = openDeadline();
    deadline.begin(50);
    deadline.clear();
    deadline.refresh();
    // Nothing keeps the process.
    expect(vi.getTimerCount()).toBe(0);
    vi.advanceTimersByTime(1_000);
    expect(onExpired).not.toHaveBeenCalled();
  });
});
