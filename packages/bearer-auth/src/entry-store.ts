import { createTextDigester, type DigestText, type TextDigest } from './text-digest.ts';

/** What an entry is kept by. */
export interface EntryKeys {
  /** SHA-256 of its text. */
  readonly key: string;
  /** `null`: it is found by its key only. */
  readonly digest: TextDigest | null;
}

/** Entries by their key, in the order in which they were set, and beside that by a digest which costs next to nothing. */
export interface EntryStore<Entry extends EntryKeys> {
  /** The entry of a text that was set with its digest, if it is found that way: where it is not, its key has to be asked. */
  findWarm(text: string): Entry | undefined;
  digest: DigestText;
  get(key: string): Entry | undefined;
  /** In place of the one with the same key, if there is one. */
  set(entry: Entry): void;
  delete(entry: Entry): void;
  clear(): void;
  values(): IterableIterator<Entry>;
  readonly size: number;
}

/** @param digest for tests: digests that meet. */
export function createEntryStore<Entry extends EntryKeys>(digest: DigestText = createTextDigester()): EntryStore<Entry> {
  const byKey = new Map<string, Entry>();
  // Small integers as keys, and the rest of the digest in the entry: a request touches as little memory as can be.
  const byDigest = new Map<number, Entry>();

  function remove(entry: Entry): void {
    byKey.delete(entry.key);
    if (entry.digest !== null && byDigest.get(entry.digest.first) === entry) byDigest.delete(entry.digest.first);
  }

  return {
    digest,
    findWarm(text) {
      const wanted = digest(text);
      const entry = wanted === null ? undefined : byDigest.get(wanted.first);
      return entry?.digest != null && wanted !== null && isSame(entry.digest, wanted) ? entry : undefined;
    },
    get: (key) => byKey.get(key),
    set(entry) {
      const before = byKey.get(entry.key);
      if (before !== undefined) remove(before);
      byKey.set(entry.key, entry);
      // Where two meet in the first hash the later one is found by its key.
      if (entry.digest !== null && !byDigest.has(entry.digest.first)) byDigest.set(entry.digest.first, entry);
    },
    delete(entry) {
      const current = byKey.get(entry.key);
      if (current !== undefined) remove(current);
    },
    clear() {
      byKey.clear();
      byDigest.clear();
    },
    values: () => byKey.values(),
    get size() {
      return byKey.size;
    },
  };
}

function isSame(a: TextDigest, b: TextDigest): boolean {
  return a.first === b.first && a.second === b.second && a.third === b.third && a.fourth === b.fourth;
}
