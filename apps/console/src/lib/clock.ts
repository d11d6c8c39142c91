import { useSyncExternalStore } from 'react';

const TICK_MS = 5000;
const listeners = new Set<() => void>();
let current = Date.now();
let timer: ReturnType<typeof setInterval> | undefined;

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  timer ??= setInterval(tick, TICK_MS);
  return () => {
    listeners.delete(listener);
    if (listeners.size > 0) return;
    clearInterval(timer);
    timer = undefined;
  };
}

function tick(): void {
  current = Date.now();
  for (const listener of listeners) listener();
}

/** The same until the next tick, also before anybody listens: React reads it twice and expects to see one value. */
function read(): number {
  if (timer === undefined && Date.now() - current >= TICK_MS) current = Date.now();
  return current;
}

/** The time in epoch milliseconds, renewed every five seconds: one timer for all relative times on the screen. */
export function useNow(): number {
  return useSyncExternalStore(subscribe, read);
}
