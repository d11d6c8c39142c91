import type { UnknownAttempts } from '@latchkey/core';
import type { UsageSink } from './usage-sink.ts';

/** Sums attempts with tokens nobody issued, so that a flood costs one record a second for each text, not one for each attempt. */
export interface UnknownAttemptCounter {
  note(reason: UnknownAttempts['reason'], fingerprint: string, ip: string | null, at: number): void;
  /** Hands what was summed to the sink; resolves when it is durable, or was kept for the next time because the sink could not take it. */
  flush(): Promise<void>;
  /** Ends the timer and flushes. */
  close(): Promise<void>;
}

const FLUSH_MS = 1_000;
const MAX_SUMS = 1_000;
/** Attempts beyond the bound are counted under this fingerprint, without address. */
const OTHERS = '0000000000000000';

type Sum = { -readonly [Member in keyof UnknownAttempts]: UnknownAttempts[Member] };

/** Writes the sums about once a second while there are any. At most 1,000 different ones are told apart in that time. */
export function createUnknownAttemptCounter(sink: UsageSink): UnknownAttemptCounter {
  let sums = new Map<string, Sum>();
  let timer: ReturnType<typeof setTimeout> | null = null;

  function add(attempts: UnknownAttempts): void {
    const key = `${attempts.reason} ${attempts.fingerprint} ${attempts.ip}`;
    const sum = sums.get(key);
    if (sum !== undefined) {
      sum.count += attempts.count;
      sum.firstAt = Math.min(sum.firstAt, attempts.firstAt);
      sum.lastAt = Math.max(sum.lastAt, attempts.lastAt);
    } else if (sums.size < MAX_SUMS || attempts.fingerprint === OTHERS) {
      sums.set(key, { ...attempts });
    } else {
      add({ ...attempts, fingerprint: OTHERS, ip: null });
    }
    timer ??= setTimeout(flush, FLUSH_MS).unref();
  }

  function append(attempts: UnknownAttempts): Promise<void> {
    return new Promise((resolve) => {
      sink.append(attempts, (error) => {
        if (error !== null) add(attempts);
        resolve();
      });
    });
  }

  async function flush(): Promise<void> {
    if (timer !== null) clearTimeout(timer);
    timer = null;
    if (!sink.accepting) {
      if (sums.size > 0) timer = setTimeout(flush, FLUSH_MS).unref();
      return;
    }
    const ready = sums;
    sums = new Map();
    await Promise.all(Array.from(ready.values(), append));
  }

  async function close(): Promise<void> {
    await flush();
    if (timer !== null) clearTimeout(timer);
    timer = null;
  }

  return {
    note: (reason, fingerprint, ip, at) => add({ kind: 'unknown', fingerprint, ip, reason, count: 1, firstAt: at, lastAt: at }),
    flush,
    close,
  };
}
