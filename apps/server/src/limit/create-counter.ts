import { createMemoryCounter } from '@latchkey/bearer-auth';
import { createValkeyCounter } from '@latchkey/bearer-auth/valkey';
import type { Counter } from '@latchkey/core';
import type { Logger } from 'pino';
import type { ValkeyAddress } from '../config/parse-valkey-url.ts';
import { connectValkey } from './connect-valkey.ts';

export interface RateCounter {
  readonly counter: Counter;
  /** What counts at the moment. `share`: Valkey is away, and this process lets its share of every limit pass. */
  mode(): 'memory' | 'valkey' | 'share';
  /** How many counters divide the limits while Valkey is away: one of each thread of each gateway. */
  readonly liveGateways: () => number;
  /** Since the start; all 0 where limits are counted in memory. */
  stats(): RateCounterStats;
  close(): void;
}

export interface RateCounterStats {
  /** How often Valkey was given up for a while, and how often because an answer did not come in time. */
  readonly breakerOpens: number;
  readonly timeouts: number;
  /** Questions that this process answered instead. */
  readonly localAnswers: number;
}

export interface RateCounterOptions {
  readonly address: ValkeyAddress | null;
  readonly logger: Logger;
  readonly liveGateways: () => number;
  /** What a request may lose to a Valkey that hangs. Default 20: once, for then nobody asks it until it has answered in the background. */
  readonly timeoutMs?: number;
  /** Counts where there is no Valkey. Default: one of its own. */
  readonly local?: Counter;
}

const TIMEOUT_MS = 20;
/** A Valkey that is there is connected to by then. */
const STARTING_MS = 2_000;
const AWAY = 'Valkey is away: each gateway lets its share of every rate limit pass';

/** The counter of rate limits: shared through Valkey where that is configured, else in this process. */
export async function createRateCounter({
  address,
  logger,
  liveGateways,
  local = createMemoryCounter(),
  timeoutMs = TIMEOUT_MS,
}: RateCounterOptions): Promise<RateCounter> {
  if (address === null) return countInMemory(local, liveGateways);
  const client = await connectValkey(address, logger);
  const counter = createValkeyCounter({
    client,
    timeoutMs,
    liveGateways,
    onModeChange(mode, reason) {
      if (mode === 'valkey') logger.info('Valkey counts the rate limits');
      else logger.warn({ err: reason, gateways: liveGateways() }, AWAY);
    },
  });
  // Nothing changed, so nobody was told: it was not there from the start.
  const starting = setTimeout(() => {
    if (counter.mode === 'share' && counter.opens === 0) logger.warn({ gateways: liveGateways() }, AWAY);
  }, STARTING_MS).unref();
  return {
    counter,
    liveGateways,
    mode: () => counter.mode,
    stats: () => ({ breakerOpens: counter.opens, timeouts: counter.timeouts, localAnswers: counter.localAnswers }),
    close: () => {
      clearTimeout(starting);
      counter.close();
      client.disconnect();
    },
  };
}

function countInMemory(counter: Counter, liveGateways: () => number): RateCounter {
  return {
    counter,
    liveGateways,
    mode: () => 'memory',
    stats: () => ({ breakerOpens: 0, timeouts: 0, localAnswers: 0 }),
    close: () => undefined,
  };
}
