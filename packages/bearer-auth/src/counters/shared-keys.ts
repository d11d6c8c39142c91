import { hash } from 'node:crypto';

/** A key as threads share it: SHA-256, so that no two keys are ever taken for each other. */
export const KEY_WORDS = 8;
/** Keys whose digest is kept at hand: 2 MiB. */
const MAX_REMEMBERED = 65_536;

/** The digests of keys, remembered by this thread. */
export interface SharedKeys {
  /** All digests, one after the other. */
  readonly words: Int32Array;
  /** Makes room for so many keys: what `find` answers stays good until the next call. */
  reserve(count: number): void;
  /** Where in `words` the digest of a key begins. */
  find(key: string): number;
}

export function createSharedKeys(seed: string, digest: (text: string) => Buffer = digestOf): SharedKeys {
  const placeByKey = new Map<string, number>();
  const words = new Int32Array(MAX_REMEMBERED * KEY_WORDS);

  function reserve(count: number): void {
    if (placeByKey.size + count > MAX_REMEMBERED) placeByKey.clear();
  }

  function note(key: string): number {
    const place = placeByKey.size * KEY_WORDS;
    const bytes = digest(seed + key);
    for (let word = 0; word < KEY_WORDS; word++) words[place + word] = bytes.readInt32LE(word * 4);
    placeByKey.set(key, place);
    return place;
  }

  return { words, reserve, find: (key) => placeByKey.get(key) ?? note(key) };
}

/** Of UTF-16, because two texts that are no well-formed Unicode may be the same in UTF-8. */
function digestOf(text: string): Buffer {
  return hash('sha256', Buffer.from(text, 'utf16le'), 'buffer');
}
