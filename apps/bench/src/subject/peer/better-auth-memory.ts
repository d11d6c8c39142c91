import { memoryAdapter } from 'better-auth/adapters/memory';
import type { RunningSubject, SubjectContext } from '../subject.ts';
import { openBetterAuth } from './open-better-auth.ts';
import { serveBetterAuth } from './serve-better-auth.ts';

/** Keys in a map, by way of its secondary storage: the memory adapter would look through a thousand rows for each. */
export async function startBetterAuthMemory(context: SubjectContext): Promise<RunningSubject> {
  const database = memoryAdapter({ user: [], session: [], account: [], verification: [], apikey: [] });
  const secondaryStorage = createMapStorage();
  return serveBetterAuth(await openBetterAuth({ database, secondaryStorage, isSql: false }, context));
}

function createMapStorage() {
  const values = new Map<string, string>();
  return {
    get: (key: string) => values.get(key) ?? null,
    set: (key: string, value: string) => void values.set(key, value),
    delete: (key: string) => void values.delete(key),
    getAndDelete(key: string) {
      const value = values.get(key) ?? null;
      values.delete(key);
      return value;
    },
    increment(key: string) {
      const count = Number(values.get(key) ?? 0) + 1;
      values.set(key, String(count));
      return count;
    },
  };
}
