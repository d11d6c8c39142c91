import type { UsageSink } from '@latchkey/bearer-auth';
import type { SpoolRecord } from '@latchkey/core';
import { aUsageRecord } from '@latchkey/core/testing';
import { expect, test } from 'vitest';
import { createMetrics } from './create-metrics.ts';

/** A sink that takes everything at once, and can be told to stop. */
function openSink(): UsageSink & { accepting: boolean; readonly taken: SpoolRecord[] } {
  const taken: SpoolRecord[] = [];
  return {
    accepting: true,
    taken,
    append(record, done) {
      taken.push(record);
      done(null);
    },
  };
}

async function lines(metrics: ReturnType<typeof createMetrics>, name: string): Promise<string[]> {
  return (await metrics.registry.metrics()).split('\n').filter((line) => line.startsWith(name));
}

test('counts requests by outcome and status class, and passes every record on', async () => {
  const metrics = createMetrics();
  const sink = openSink();
  const counting = metrics.count(sink);
  let stored = 0;
  const records = [
    aUsageRecord({ status: 200, outcome: 'VALID' }),
    aUsageRecord({ status: 404, outcome: 'VALID' }),
    aUsageRecord({ status: 429, outcome: 'RATE_LIMITED' }),
  ];
  for (const record of records) counting.append(record, () => (stored += 1));
  expect(sink.taken).toEqual(records);
  expect(stored).toBe(3);
  expect(await lines(metrics, 'latchkey_requests_total{')).toEqual([
    'latchkey_requests_total{outcome="VALID",status_class="2xx"} 1',
    'latchkey_requests_total{outcome="VALID",status_class="4xx"} 1',
    'latchkey_requests_total{outcome="RATE_LIMITED",status_class="4xx"} 1',
  ]);
  expect(await lines(metrics, 'latchkey_request_duration_seconds_count')).toEqual(['latchkey_request_duration_seconds_count 3']);
});

test('counts attempts with unknown tokens, all of a sum', async () => {
  const metrics = createMetrics();
  const attempts = { kind: 'unknown', fingerprint: '0123456789abcdef', ip: null, reason: 'malformed', firstAt: 1, lastAt: 2 } as const;
  metrics.count(openSink()).append({ ...attempts, count: 7 }, () => undefined);
  expect(await lines(metrics, 'latchkey_unknown_token_attempts_total{')).toEqual([
    'latchkey_unknown_token_attempts_total{reason="malformed"} 7',
  ]);
});

test('shows what is leased of quotas, and how often their ledger failed, as it is when somebody asks', async () => {
  const metrics = createMetrics();
  const quota = { size: 2, leasedUnits: 130, ledgerFailures: 0 };
  metrics.watchQuotas(quota);
  expect(await lines(metrics, 'latchkey_quota_')).toEqual([
    'latchkey_quota_tokens 2',
    'latchkey_quota_leased_units 130',
    'latchkey_quota_ledger_failures 0',
  ]);
  Object.assign(quota, { leasedUnits: 0, ledgerFailures: 3 });
  expect(await lines(metrics, 'latchkey_quota_')).toEqual([
    'latchkey_quota_tokens 2',
    'latchkey_quota_leased_units 0',
    'latchkey_quota_ledger_failures 3',
  ]);
});

test('refuses when the sink behind it does', () => {
  const sink = openSink();
  const counting = createMetrics().count(sink);
  expect(counting.accepting).toBe(true);
  sink.accepting = false;
  expect(counting.accepting).toBe(false);
});

test('says what counts rate limits, for how many gateways, and how often Valkey was away', async () => {
  const metrics = createMetrics();
  let mode: 'valkey' | 'share' = 'valkey';
  const stats = { breakerOpens: 0, timeouts: 0, localAnswers: 0 };
  metrics.watchLimits({ mode: () => mode, liveGateways: () => 3, stats: () => stats });
  expect(await lines(metrics, 'latchkey_rate_limit_')).toEqual([
    'latchkey_rate_limit_shared 1',
    'latchkey_rate_limit_mode{mode="memory"} 0',
    'latchkey_rate_limit_mode{mode="valkey"} 1',
    'latchkey_rate_limit_mode{mode="share"} 0',
    'latchkey_rate_limit_gateways 3',
    'latchkey_rate_limit_local_answers 0',
  ]);
  mode = 'share';
  Object.assign(stats, { breakerOpens: 1, timeouts: 1, localAnswers: 9 });
  expect(await lines(metrics, 'latchkey_rate_limit_mode{mode="share"}')).toEqual(['latchkey_rate_limit_mode{mode="share"} 1']);
  expect(await lines(metrics, 'latchkey_rate_limit_shared')).toEqual(['latchkey_rate_limit_shared 0']);
  expect(await lines(metrics, 'latchkey_valkey_')).toEqual(['latchkey_valkey_breaker_opens 1', 'latchkey_valkey_timeouts 1']);
});
