import { Gauge, type Registry } from 'prom-client';
import type { RateCounter } from '../limit/create-counter.ts';
import type { MetricAdder } from './create-metric-adder.ts';

/** What counts rate limits, and how it is with a Valkey. */
export function watchLimits(
  registry: Registry,
  { gauge, counter }: MetricAdder,
  { mode, liveGateways, stats }: Pick<RateCounter, 'mode' | 'liveGateways' | 'stats'>,
): void {
  gauge(
    'latchkey_rate_limit_shared',
    '1 while rate limits are shared through Valkey, 0 while each process counts by itself.',
    () => Number(mode() === 'valkey'),
    'min',
  );
  new Gauge({
    name: 'latchkey_rate_limit_mode',
    help: '1 for what counts rate limits: memory; valkey, for all gateways; share, of each gateway while Valkey is away.',
    labelNames: ['mode'],
    registers: [registry],
    aggregator: 'max',
    collect() {
      for (const each of ['memory', 'valkey', 'share'] as const) this.set({ mode: each }, Number(mode() === each));
    },
  });
  gauge(
    'latchkey_rate_limit_gateways',
    'Parts that each rate limit is divided into while Valkey is away: one for each gateway, or for each of its threads, the main one included.',
    liveGateways,
    'max',
  );
  counter('latchkey_valkey_breaker_opens', 'Times since the start that Valkey was given up for a while.', () => stats().breakerOpens);
  counter('latchkey_valkey_timeouts', 'Of those, the times that an answer did not come in time.', () => stats().timeouts);
  counter(
    'latchkey_rate_limit_local_answers',
    'Questions answered here since the start because Valkey was away.',
    () => stats().localAnswers,
  );
}
