const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;

/** Pauses after the first, second, … attempt that failed: 11 attempts in about a day. */
const PAUSES_MS = [5 * SECOND, 30 * SECOND, 2 * MINUTE, 10 * MINUTE, 30 * MINUTE, HOUR, 2 * HOUR, 4 * HOUR, 8 * HOUR, 8 * HOUR] as const;
/** Up to a fifth more or less, so that what failed together does not come back together. */
const JITTER = 0.2;

/**
 * Milliseconds until the next attempt of a delivery after `attempts` of them failed; `null`: that was the last one.
 * @param random 0 ≤ random < 1, as `Math.random` gives it.
 */
export function webhookRetryDelayMs(attempts: number, random: number): number | null {
  const pause = PAUSES_MS[attempts - 1];
  return pause === undefined ? null : Math.round(pause * (1 - JITTER + 2 * JITTER * random));
}
