import type { Guard, QuotaKeeper, Spool, SpoolReader, UsageSink } from '@latchkey/bearer-auth';
import { UNKNOWN_STATUS } from '@latchkey/core';
import { type Aggregator, Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import type { RateCounter } from '../limit/create-counter.ts';
import type { Dispatcher } from '../webhook/create-dispatcher.ts';

/** Figures for operators, by the names under which dashboards know them. */
export interface Metrics {
  readonly registry: Registry;
  /** A sink that counts what passes through it. */
  count(sink: UsageSink): UsageSink;
  /** As `watch`, of the part that sends webhooks. */
  watchWebhooks(stats: Dispatcher['stats']): void;
  /** Reads the state of these parts whenever somebody asks for the figures. */
  watch(parts: { guard: Guard; spool: Spool; reader: SpoolReader }): void;
  /** As `watch`, of the part that counts rate limits. */
  watchLimits(counter: Pick<RateCounter, 'mode' | 'liveGateways' | 'stats'>): void;
  /** As `watch`, of the thread that ships usage records. */
  watchShipper(shipper: { readHeapBytes(): Promise<number> }): void;
  /** As `watch`, of the part that spends quotas. */
  watchQuotas(quota: Pick<QuotaKeeper, 'size' | 'leasedUnits' | 'ledgerFailures'>): void;
}

const DURATION_BUCKETS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

/** @param ofProcess whether it tells of the process as well, as one thread of it should; the default. */
export function createMetrics({ ofProcess = true } = {}): Metrics {
  const registry = new Registry();
  if (ofProcess) collectDefaultMetrics({ register: registry });
  const registers = [registry];
  const requests = new Counter({
    name: 'latchkey_requests_total',
    help: 'Requests of identified tokens, by what became of them.',
    labelNames: ['outcome', 'status_class'],
    registers,
  });
  const durations = new Histogram({
    name: 'latchkey_request_duration_seconds',
    help: 'Time from arrival to the end of the answer.',
    buckets: DURATION_BUCKETS,
    registers,
  });
  const unknown = new Counter({
    name: 'latchkey_unknown_token_attempts_total',
    help: 'Requests with a token that nobody issued.',
    labelNames: ['reason'],
    registers,
  });

  function count(sink: UsageSink): UsageSink {
    return {
      get accepting() {
        return sink.accepting;
      },
      append(record, done) {
        if (record.kind === 'request') {
          requests.inc({ outcome: record.outcome, status_class: statusClass(record.status) });
          durations.observe(record.durationUs / 1e6);
        } else {
          unknown.inc({ reason: record.reason }, record.count);
        }
        sink.append(record, done);
      },
    };
  }

  /** @param aggregator what becomes of the figures of several threads. */
  function gauge(name: string, help: string, read: () => number, aggregator: Aggregator = 'sum'): void {
    new Gauge({
      name,
      help,
      registers,
      aggregator,
      collect() {
        this.set(read());
      },
    });
  }

  const watch: Metrics['watch'] = ({ guard, spool, reader }) => {
    gauge('latchkey_cached_tokens', 'Tokens in the cache of the guard.', () => guard.cachedTokens);
    gauge('latchkey_hook_calls_dropped', 'Checks whose callbacks were not called because too many waited.', () => guard.droppedHookCalls);
    gauge('latchkey_spool_bytes', 'Bytes of the usage spool on disk.', () => spool.stats().bytes);
    gauge('latchkey_spool_waiting_bytes', 'Bytes of the usage spool that are not stored yet.', () => reader.stats().waitingBytes);
    gauge(
      'latchkey_spool_accepting',
      '1 while usage records are taken, 0 while the guard answers 503.',
      () => Number(spool.accepting),
      'min',
    );
    gauge('latchkey_usage_appended', 'Usage records made durable since the start.', () => spool.stats().appended);
    gauge('latchkey_usage_failed', 'Usage records that could not be made durable since the start.', () => spool.stats().failed);
    gauge('latchkey_usage_shipped', 'Usage records stored in the database since the start.', () => reader.stats().shipped);
    gauge('latchkey_usage_corrupt', 'Damaged stretches of the spool that were skipped since the start.', () => reader.stats().corrupt);
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
    gauge('latchkey_rate_limit_gateways', 'Gateways that divide the rate limits while Valkey is away.', liveGateways, 'max');
    gauge('latchkey_valkey_breaker_opens', 'Times since the start that Valkey was given up for a while.', () => stats().breakerOpens);
    gauge('latchkey_valkey_timeouts', 'Of those, the times that an answer did not come in time.', () => stats().timeouts);
    gauge(
      'latchkey_rate_limit_local_answers',
      'Questions answered here since the start because Valkey was away.',
      () => stats().localAnswers,
    );
  };

  const watchWebhooks: Metrics['watchWebhooks'] = (stats) => {
    gauge('latchkey_webhook_attempts_delivered', 'Attempts to deliver a webhook that went well since the start.', () => stats.delivered);
    gauge('latchkey_webhook_attempts_failed', 'Attempts to deliver a webhook that failed since the start.', () => stats.failed);
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
    gauge(
      'latchkey_quota_ledger_failures',
      'Times since the start that units could not be leased or given back.',
      () => quota.ledgerFailures,
    );
  };

  return { registry, count, watchWebhooks, watchQuotas, watchLimits, watch, watchShipper };
}

/** `unknown`: a proxy gave the answer. */
function statusClass(status: number): string {
  return status === UNKNOWN_STATUS ? 'unknown' : `${Math.floor(status / 100)}xx`;
}
