import type { Guard, QuotaKeeper, UsageSink } from '@latchkey/bearer-auth';
import type { DenialReason, TokenSource } from '@latchkey/core';
import type { GatewayRegistry } from '@latchkey/database';
import { Counter, collectDefaultMetrics, Gauge, Registry } from 'prom-client';
import type { RateCounter } from '../limit/create-counter.ts';
import type { Dispatcher } from '../webhook/create-dispatcher.ts';
import { createMetricAdder } from './create-metric-adder.ts';
import { watchGateways } from './watch-gateways.ts';
import { watchLimits } from './watch-limits.ts';
import { watchLookUps } from './watch-look-ups.ts';
import { watchRequests } from './watch-requests.ts';
import { type WatchedSpool, watchSpool } from './watch-spool.ts';

/** MetricAdder for operators, by the names under which dashboards know them. */
export interface Metrics {
  readonly registry: Registry;
  /** A sink that counts what passes through it. */
  count(sink: UsageSink): UsageSink;
  /** Counts a request that was refused without a record. */
  noteUnrecorded(reason: DenialReason): void;
  /** A source whose look-ups are counted. */
  countLookUps(source: TokenSource): TokenSource;
  /** Reads the state of these parts whenever somebody asks for the figures. */
  watch(parts: WatchedSpool & { readonly guard: Guard }): void;
  /** As `watch`, of the part that sends webhooks. */
  watchWebhooks(stats: Dispatcher['stats']): void;
  /** As `watch`, of the part that counts rate limits. */
  watchLimits(counter: Pick<RateCounter, 'mode' | 'liveGateways' | 'stats'>): void;
  /** As `watch`, of the thread that ships usage records. */
  watchShipper(shipper: { readHeapBytes(): Promise<number> }): void;
  /** As `watch`, of the part that spends quotas. */
  watchQuotas(quota: Pick<QuotaKeeper, 'size' | 'leasedUnits' | 'ledgerFailures'>): void;
  /** As `watch`, of the gateways that serve with this one. */
  watchGateways(gateways: Pick<GatewayRegistry, 'list'>): void;
}

/** @param ofProcess whether it tells of the process as well, as one thread of it should; the default. */
export function createMetrics({ ofProcess = true } = {}): Metrics {
  const registry = new Registry();
  if (ofProcess) collectDefaultMetrics({ register: registry });
  const registers = [registry];
  const requests = watchRequests(registry);
  const adder = createMetricAdder(registry);
  const { gauge, counter } = adder;
  const unknown = new Counter({
    name: 'latchkey_unknown_token_attempts_total',
    help: 'Requests with a token that nobody issued.',
    labelNames: ['reason'],
    registers,
  });
  for (const reason of ['malformed', 'unknown'] as const) unknown.inc({ reason }, 0);

  function count(sink: UsageSink): UsageSink {
    return {
      get accepting() {
        return sink.accepting;
      },
      append(record, done) {
        if (record.kind === 'request') requests.note(record);
        else if (record.kind === 'unknown') unknown.inc({ reason: record.reason }, record.count);
        sink.append(record, done);
      },
    };
  }

  const watch: Metrics['watch'] = ({ guard, ...spooled }) => {
    gauge('latchkey_cached_tokens', 'Tokens in the cache of the guard.', () => guard.cachedTokens);
    counter('latchkey_token_cache_hits_total', 'Checks that the cache had the answer for.', () => guard.cacheHits);
    counter('latchkey_token_cache_misses_total', 'Checks that waited for a look-up.', () => guard.cacheMisses);
    counter('latchkey_hook_calls_dropped', 'Checks whose callbacks were not called because too many waited.', () => guard.droppedHookCalls);
    watchSpool(adder, spooled);
  };

  const watchWebhooks: Metrics['watchWebhooks'] = (stats) => {
    counter('latchkey_webhook_attempts_delivered', 'Attempts to deliver a webhook that went well since the start.', () => stats.delivered);
    counter('latchkey_webhook_attempts_failed', 'Attempts to deliver a webhook that failed since the start.', () => stats.failed);
    gauge('latchkey_webhook_attempts_under_way', 'Attempts to deliver a webhook that wait for an answer.', () => stats.underWay);
  };

  const watchShipper: Metrics['watchShipper'] = ({ readHeapBytes }) => {
    new Gauge({
      name: 'latchkey_shipper_heap_bytes',
      help: 'Heap in use of the thread that stores usage records.',
      registers,
      async collect() {
        this.set(await readHeapBytes());
      },
    });
  };

  const watchQuotas: Metrics['watchQuotas'] = (quota) => {
    gauge('latchkey_quota_tokens', 'Tokens whose quota this process spends.', () => quota.size);
    gauge('latchkey_quota_leased_units', 'Units of quotas that this process has leased and not spent.', () => quota.leasedUnits);
    counter(
      'latchkey_quota_ledger_failures',
      'Times since the start that units could not be leased or given back.',
      () => quota.ledgerFailures,
    );
  };

  return {
    registry,
    count,
    noteUnrecorded: requests.noteUnrecorded,
    countLookUps: watchLookUps(registry),
    watch,
    watchWebhooks,
    watchLimits: (rateCounter) => watchLimits(registry, adder, rateCounter),
    watchShipper,
    watchQuotas,
    watchGateways: (gateways) => watchGateways(registry, gateways),
  };
}
