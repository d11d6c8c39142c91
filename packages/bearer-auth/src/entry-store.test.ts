import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createEntryStore, type EntryKeys } from './entry-store.ts';
import type { DigestText } from './text-digest.ts';

interface Entry extends EntryKeys {
  readonly number: number;
}

/** Digests of which many meet in the first hash, and none in all. */
const meeting: DigestText = (text) =>
  text === 'none' ? null : { first: text.charCodeAt(0) % 2, second: text.charCodeAt(0), third: 0, fourth: 0 };

const text = fc.constantFrom('a', 'b', 'c', 'd', 'e', 'none');
const step = fc.record({ kind: fc.constantFrom('set', 'set', 'delete', 'clear'), text });

test('it never finds an entry that was taken out or replaced, by digest or by key, and by its key every other one', () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
      const store = createEntryStore<Entry>(meeting);
      const model = new Map<string, Entry>();
      for (const [number, { kind, text: key }] of steps.entries()) {
        const before = model.get(key);
        if (kind === 'clear' && number % 5 === 0) {
          store.clear();
          model.clear();
        } else if (kind === 'delete' && before !== undefined) {
          store.delete(before);
          model.delete(key);
        } else {
          const entry = { key, digest: store.digest(key), number };
          store.set(entry);
          model.delete(key);
          model.set(key, entry);
        }
        for (const each of ['a', 'b', 'c', 'd', 'e', 'none']) {
          expect(store.get(each)).toBe(model.get(each));
          expect([undefined, model.get(each)]).toContain(store.findWarm(each));
        }
        expect([...store.values()]).toEqual([...model.values()]);
        expect(store.size).toBe(model.size);
      }
    }),
  );
});

test('an entry is found by the digest of its text', () => {
  const store = createEntryStore<Entry>();
  const entries = Array.from({ length: 1_000 }, (_, number) => ({ key: `key ${number}`, digest: store.digest(`text ${number}`), number }));
  for (const entry of entries) store.set(entry);
  for (const entry of entries) expect(store.findWarm(`text ${entry.number}`)).toBe(entry);
  expect(store.findWarm('text 1000')).toBeUndefined();
  store.delete(entries[7] as Entry);
  expect(store.findWarm('text 7')).toBeUndefined();
  store.clear();
  expect(store.findWarm('text 8')).toBeUndefined();
});

test('an entry that was set again is found, and only the new one', () => {
  const store = createEntryStore<Entry>();
  const [before, after] = [1, 2].map((number) => ({ key: 'key', digest: store.digest('text'), number })) as [Entry, Entry];
  store.set(before);
  store.set(after);
  expect(store.findWarm('text')).toBe(after);
  // Whoever still holds the old one takes the new one out with it: what is meant is its token.
  store.delete(before);
  expect([store.findWarm('text'), store.get('key'), store.size]).toEqual([undefined, undefined, 0]);
});
