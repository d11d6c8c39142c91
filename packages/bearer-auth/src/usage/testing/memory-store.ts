import type { SpoolPosition, SpoolRecord, UsageStore } from '@latchkey/core';

/** What happens to one call of `ingest`: it works, it fails, or it is committed but the answer is lost. */
export type IngestFate = 'works' | 'fails' | 'loses-answer';

/** A store in memory that keeps the promise of its port, and fails on demand. */
export interface MemoryStore extends UsageStore {
  readonly records: SpoolRecord[];
  readonly batches: number[];
  position: { spoolId: string; at: SpoolPosition } | null;
  /** Decides over every call; default `works`. */
  fate: () => IngestFate;
}

export function createMemoryStore(): MemoryStore {
  const positions = new Map<string, SpoolPosition>();
  const store: MemoryStore = {
    records: [],
    batches: [],
    fate: () => 'works',
    get position() {
      const [last] = [...positions].slice(-1);
      return last === undefined ? null : { spoolId: last[0], at: last[1] };
    },
    set position(value) {
      positions.clear();
      if (value !== null) positions.set(value.spoolId, value.at);
    },
    async readPosition(spoolId) {
      if (store.fate() === 'fails') throw new Error('The store is away.');
      return positions.get(spoolId) ?? null;
    },
    async ingest(spoolId, records, from, to) {
      const fate = store.fate();
      if (fate === 'fails') throw new Error('The store is away.');
      const current = positions.get(spoolId) ?? null;
      if (current?.segment !== from?.segment || current?.offset !== from?.offset) throw new Error('Another reader is at work.');
      positions.set(spoolId, to);
      store.records.push(...records);
      store.batches.push(records.length);
      if (fate === 'loses-answer') throw new Error('The connection broke.');
    },
  };
  return store;
}
