import type { Guard, QuotaKeeper, Spool, SpoolReader, UsageSink } from '@latchkey/bearer-auth';
import type { DenialReason, TokenSource } from '@latchkey/core';
import type { GatewayRegistry } from '@latchkey/database';
import { Counter, collectDefaultMetrics, Gauge, Registry } from 'prom-client';
import type { RateCounter } from '../limit/create-counter.ts';
import type { Dispatcher } from '../webhook/create-dispatcher.ts';
import { addComputedMetric } from './computed-metric.ts';
import type { DrainLag } from './create-drain-lag.ts';
import { createGauges } from './create-gauges.ts';
import { watchGateways } from './watch-gateways.ts';
import { watchLookUps } from './watch-look-ups.ts';
import { watchRequests } from './watch-requests.ts';

/** Figures for operators, by the names under which dashboards know them. */
export interface Metrics {
  readonly registry: Registry;
  /** A sink that counts what passes through it. */
  count(sink: UsageSink): UsageSink;
  /** Counts a request that was refused without a record. */
  noteUnrecorded(reason: DenialReason): void;
  /** A source whose look-ups are counted. */
  countLookUps(source: TokenSource): TokenSource;
  /** Reads the state of these parts whenever somebody asks for the figures. */
  watch(parts: { guard: Guard; spool: Spool; reader: SpoolReader; drainLag: DrainLag }): void;
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
  const gauge = createGauges(registry);
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

  function counter(name: string, help: string, read: () => number): void {
    addComputedMetric(registry, { name, help, type: 'counter', read: () => [{ labels: {}, value: read() }] });
  }

  const watchCache = (guard: Guard) => {
    gauge('latchkey_cached_tokens', 'Tokens in the cache of the guard.', () => guard.cachedTokens);
    counter('latchkey_token_cache_hits_total', 'Checks that the cache had the answer for.', () => guard.cacheHits);
    counter('latchkey_token_cache_misses_total', 'Checks that waited for a look-up.', () => guard.cacheMisses);
    counter('latchkey_hook_calls_dropped', 'Checks whose callbacks were not called because too many waited.', () => guard.droppedHookCalls);
  };

  const watch: Metrics['watch'] = ({ guard, spool, reader, drainLag }) => {
    watchCache(guard);
    const usedRatio = () => spool.stats().bytes / spool.stats().capBytes;
    const accepting = () => Number(spool.accepting);
    gauge('latchkey_spool_bytes', 'Bytes of the usage spool on disk.', () => spool.stats().bytes);
    gauge('latchkey_spool_cap_bytes', 'Bytes that the usage spool may take on disk.', () => spool.stats().capBytes);
    gauge('latchkey_spool_used_ratio', 'Share of its cap that the usage spool takes; of several, the fullest.', usedRatio, 'max');
    gauge('latchkey_spool_waiting_bytes', 'Bytes of the usage spool that are not stored yet.', () => reader.stats().waitingBytes);
    gauge('latchkey_spool_accepting', '1 while usage records are taken, 0 while the guard answers 503.', accepting, 'min');
    gauge('latchkey_usage_drain_lag_seconds', 'Age of the oldest usage record that is not stored.', drainLag.seconds, 'max');
    counter('latchkey_usage_appended', 'Usage records made durable since the start.', () => spool.stats().appended);
    counter('latchkey_usage_failed', 'Usage records that could not be made durable since the start.', () => spool.stats().failed);
    counter('latchkey_usage_dropped', 'Usage records since the start that there was no room for.', () => spool.stats().dropped);
    counter('latchkey_usage_shipped', 'Usage records stored in the database since the start.', () => reader.stats().shipped);
    gauge(
      'latchkey_usage_ship_failures',
      'Failed attempts to store usage since the last one that went well.',
      () => reader.stats().failures,
    );
    counter(
      'latchkey_usage_missing',
      'Usage records that were written and could not be read since the start.',
      () => reader.stats().missing,
    );
    counter('latchkey_usage_corrupt', 'Damaged stretches of the spool that were skipped since the start.', () => reader.stats().corrupt);
    counter('latchkey_usage_corrupt_bytes', 'Bytes of damaged stretches of the spool.', () => reader.stats().corruptBytes);
  };

  const watchLimits: Metrics['watchLimits'] = ({ mode, liveGateways, stats }) => {
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
      registers,
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
    watchLimits,
    watchShipper,
    watchQuotas,
    watchGateways: (gateways) => watchGateways(registry, gateways),
  };
}
