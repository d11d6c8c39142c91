/** Which text is meant: that of one key, in one session. */
export interface RevealPlace {
  readonly sessionId: number;
  readonly keyId: number;
  /** For texts of other kinds beside the key's own, so that they do not collide (S2-087). Default: `token`. */
  readonly slot?: string | undefined;
}

/** Texts that may be read once (S2-085, 086). */
export interface RevealStore {
  /** Keeps `text` for one reading; a text that is already at this place is replaced. */
  store(place: RevealPlace, text: string): void;
  /** The text, which is gone after that; `null` where there is none (any more). */
  retrieveOnce(place: RevealPlace): string | null;
}

const MAX_AGE_MS = 10 * 60_000;
/** More than this many are not looked at within ten minutes by people. */
const MOST_TEXTS = 10_000;

/**
 * A reveal store in the memory of this process: nothing is written anywhere, a restart empties it, and a text that nobody reads is
 * dropped after `maxAgeMs` (10 minutes). When 10,000 are held, the oldest goes.
 */
export function createRevealStore({ now, maxAgeMs = MAX_AGE_MS }: { now: () => number; maxAgeMs?: number }): RevealStore {
  const texts = new Map<string, { text: string; until: number; timer: NodeJS.Timeout }>();

  const take = (key: string): string | null => {
    const entry = texts.get(key);
    if (entry === undefined) return null;
    clearTimeout(entry.timer);
    texts.delete(key);
    return now() < entry.until ? entry.text : null;
  };

  return {
    store(place, text) {
      const key = keyOf(place);
      take(key);
      const [oldest] = texts.keys();
      if (texts.size >= MOST_TEXTS && oldest !== undefined) take(oldest);
      // Dropped in time even if nobody comes; and it must not keep a process alive that is to end.
      const timer = setTimeout(() => texts.delete(key), maxAgeMs).unref();
      texts.set(key, { text, until: now() + maxAgeMs, timer });
    },
    retrieveOnce: (place) => take(keyOf(place)),
  };
}

function keyOf({ sessionId, keyId, slot = 'token' }: RevealPlace): string {
  return `${sessionId} ${keyId} ${slot}`;
}
