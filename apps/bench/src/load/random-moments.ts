/** Moments at which requests of many independent callers arrive: random gaps around a fixed mean (a Poisson process). */
export interface RandomMoments {
  /** In milliseconds from the start. */
  readonly next: number;
  advance(): void;
}

/** The same moments at every call, so that servers are compared under the same arrivals. */
export function createRandomMoments(perSecond: number): RandomMoments {
  const meanMs = 1000 / perSecond;
  let state = 0x9e3779b9;
  let next = 0;

  /** Above 0, at most 1: mulberry32. */
  function random(): number {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return (((mixed ^ (mixed >>> 14)) >>> 0) + 1) / 2 ** 32;
  }

  function advance(): void {
    next += -Math.log(random()) * meanMs;
  }

  advance();
  return {
    get next() {
      return next;
    },
    advance,
  };
}
