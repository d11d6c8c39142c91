import { createMemoryCounter } from '@latchkey/bearer-auth';
import { createSharedCounter, createSharedCounterMemory, type SharedCounterMemory } from '@latchkey/bearer-auth/shared';
import type { Counter } from '@latchkey/core';

/** The main thread's, in the shared counter; the threads have the numbers after it. */
export const MAIN_HOLDER = 1;

/** What the main thread counts rate limits with where no Valkey does. */
export interface Counting {
  readonly counter: Counter;
  /** What threads count in together; `null`: there are none. */
  readonly memory: SharedCounterMemory | null;
  /** A thread has ended, perhaps while it counted. */
  onEnded(holder: number): void;
}

export function createCounting(threads: number): Counting {
  if (threads === 1) return { counter: createMemoryCounter(), memory: null, onEnded: () => undefined };
  const memory = createSharedCounterMemory();
  const counter = createSharedCounter({ memory, holder: MAIN_HOLDER });
  return { counter, memory, onEnded: (holder) => void counter.releaseHolder(holder) };
}

/**
 * How many counters there are where each counts by itself: in every gateway one for each of its threads and, where there are several, one for
 * the main thread. `threads`: of each gateway.
 */
export function countersOf(threads: readonly number[]): number {
  return threads.reduce((sum, count) => sum + (count === 1 ? 1 : count + 1), 0);
}
