import { createMemoryCounter } from '@latchkey/bearer-auth';
import { createValkeyCounter } from '@latchkey/bearer-auth/valkey';
import type { Counter } from '@latchkey/core';
import type { Logger } from 'pino';
import type { ValkeyAddress } from '../config/parse-valkey-url.ts';
import { connectValkey } from './connect-valkey.ts';

export interface RateCounter {
  readonly counter: Counter;
  /** What counts at the moment: `memory` also while a configured Valkey is away. */
  mode(): 'memory' | 'valkey';
  close(): void;
}

/** The counter of rate limits: shared through Valkey where that is configured, else in this process. */
export async function createRateCounter(address: ValkeyAddress | null, logger: Logger): Promise<RateCounter> {
  if (address === null) return { counter: createMemoryCounter(), mode: () => 'memory', close: () => undefined };
  const client = await connectValkey(address, logger);
  // A server that is merely slow for a moment must not let more pass than the limit; one that is away costs this much a few times.
  const counter = createValkeyCounter({ client, timeoutMs: 20 });
  return {
    counter,
    mode: () => (counter.mode === 'share' ? 'memory' : 'valkey'),
    close: () => {
      counter.close();
      client.disconnect();
    },
  };
}
