import { useSyncExternalStore } from 'react';

const listeners = new Set<() => void>();
let ended = false;

function set(value: boolean): void {
  ended = value;
  for (const listener of listeners) listener();
}

/** The server no longer knows the session. */
export function reportSessionEnd(): void {
  set(true);
}

/** Signed in (again). */
export function clearSessionEnd(): void {
  set(false);
}

/** Whether the session ended under an open page. */
export function useSessionEnded(): boolean {
  return useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => ended,
  );
}
