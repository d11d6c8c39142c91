/** Locks between threads, one for each stripe, held for about 100 ns. */
export interface SharedLocks {
  /** Asks for one more stripe of the request at hand. */
  need(stripe: number): void;
  /**
   * Takes all that are needed, in ascending order, so that no two threads wait for each other. `false`: it holds none of them, because somebody
   * kept one for longer than anybody should: a thread that the system does not let run, or one that ended meanwhile.
   */
  acquire(): boolean;
  /** Gives back what `acquire` took, and forgets what was needed. */
  release(): void;
  isHeldBy(stripe: number, holder: number): boolean;
  /** Frees a stripe whose holder has ended. */
  free(stripe: number): void;
}

const FREE = 0;
const SPINS = 100;
const NAPS = 10;
const NAP_MS = 0.1;

/** @param holder whoever asks here; a whole number of at least 1 that no other thread has. */
export function createSharedLocks(words: Int32Array, stripeWords: number, holder: number): SharedLocks {
  /** Ascending, each once; no array grows and shrinks for a request. */
  const needed: number[] = [];
  let count = 0;

  function need(stripe: number): void {
    let at = count;
    while (at > 0 && (needed[at - 1] ?? 0) > stripe) at--;
    if (at > 0 && needed[at - 1] === stripe) return;
    for (let each = count; each > at; each--) needed[each] = needed[each - 1] ?? 0;
    needed[at] = stripe;
    count++;
  }

  function acquire(): boolean {
    const wanted = count;
    for (count = 0; count < wanted; count++) {
      const at = (needed[count] ?? 0) * stripeWords;
      if (isFree(at) || waitFor(at)) continue;
      release();
      return false;
    }
    return true;
  }

  function isFree(at: number): boolean {
    return Atomics.compareExchange(words, at, FREE, holder) === FREE;
  }

  function waitFor(at: number): boolean {
    for (let spin = 0; spin < SPINS; spin++) if (isFree(at)) return true;
    for (let nap = 0; nap < NAPS; nap++) {
      // On a machine with fewer cores than threads the holder may need this very core.
      Atomics.wait(words, at, Atomics.load(words, at) || -1, NAP_MS);
      if (isFree(at)) return true;
    }
    return false;
  }

  function release(): void {
    for (let each = 0; each < count; each++) free(needed[each] ?? 0);
    count = 0;
  }

  function free(stripe: number): void {
    Atomics.store(words, stripe * stripeWords, FREE);
  }

  return { need, acquire, release, free, isHeldBy: (stripe, other) => Atomics.load(words, stripe * stripeWords) === other };
}
