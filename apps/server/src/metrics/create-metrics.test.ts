import type { UsageSink } from '@latchkey/bearer-auth';
import type { SpoolRecord } from '@latchkey/core';
import { aTokenRecord, aUsageRecord } from '@latchkey/core/testing';
import type { GatewayView } from '@latchkey/database';
import { expect, test, vi } from 'vitest';
import { mergeFigures } from '../thread/merge-figures.ts';
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
});

test('sorts durations by outcome into buckets that add up, as a dashboard takes percentiles of', async () => {
  const metrics = createMetrics();
  const counting = metrics.count(openSink());
  for (const durationUs of [400, 1_000, 1_001, 80_000, 11_000_000]) counting.append(aUsageRecord({ durationUs }), () => undefined);
  counting.append(aUsageRecord({ outcome: 'RATE_LIMITED', status: 429, durationUs: 200 }), () => undefined);
  const valid = (await lines(metrics, 'latchkey_request_duration_seconds')).filter((line) => line.includes('outcome="VALID"'));
  const counts = [2, 3, 3, 3, 3, 3, 4, 4, 4, 4, 4, 4, 4, 5];
  const bounds = ['0.001', '0.0025', '0.005', '0.01', '0.025', '0.05', '0.1', '0.25', '0.5', '1', '2.5', '5', '10', '+Inf'];
  expect(valid).toEqual([
    ...bounds.map((le, index) => `latchkey_request_duration_seconds_bucket{le="${le}",outcome="VALID"} ${counts[index]}`),
    'latchkey_request_duration_seconds_sum{outcome="VALID"} 11.082401',
    'latchkey_request_duration_seconds_count{outcome="VALID"} 5',
  ]);
  expect(await lines(metrics, 'latchkey_request_duration_seconds_count{outcome="RATE_LIMITED"}')).toEqual([
    'latchkey_request_duration_seconds_count{outcome="RATE_LIMITED"} 1',
  ]);
});

test('adds what several threads counted', async () => {
  const threads = [createMetrics(), createMetrics({ ofProcess: false })] as const;
  for (const metrics of threads) metrics.count(openSink()).append(aUsageRecord({ durationUs: 2_000 }), () => undefined);
  const figures = mergeFigures(threads[0].registry, async () => [await threads[1].registry.getMetricsAsJSON()]);
  const text = await figures.metrics();
  expect(text).toContain('latchkey_requests_total{outcome="VALID",status_class="2xx"} 2\n');
  expect(text).toContain('latchkey_request_duration_seconds_bucket{le="0.0025",outcome="VALID"} 2\n');
  expect(text).toContain('latchkey_request_duration_seconds_count{outcome="VALID"} 2\n');
});

test('counts refusals without a record by their reason', async () => {
  const metrics = createMetrics();
  for (const reason of ['missing', 'missing', 'spool_full'] as const) metrics.noteUnrecorded(reason);
  expect(await lines(metrics, 'latchkey_unrecorded_requests_total{')).toEqual([
    'latchkey_unrecorded_requests_total{reason="missing",outcome="MISSING_API_KEY",status_class="4xx"} 2',
    'latchkey_unrecorded_requests_total{reason="spool_full",outcome="TEMPORARILY_UNAVAILABLE",status_class="5xx"} 1',
  ]);
});

test('counts look-ups by what came of them, and passes on what it is asked and answered', async () => {
  const metrics = createMetrics();
  const record = aTokenRecord();
  const answers = [async () => record, async () => null, () => Promise.reject(new Error('away'))];
  const source = metrics.countLookUps({
    findByDigest: () => answers.shift()?.() ?? Promise.resolve(null),
    subscribe: () => () => undefined,
  });
  expect(await source.findByDigest([])).toBe(record);
  expect(await source.findByDigest([])).toBeNull();
  await expect(source.findByDigest([])).rejects.toThrow('away');
  expect(await lines(metrics, 'latchkey_token_lookups_total{')).toEqual([
    'latchkey_token_lookups_total{result="found"} 1',
    'latchkey_token_lookups_total{result="unknown"} 1',
    'latchkey_token_lookups_total{result="failed"} 1',
  ]);
});

test('shows the gateways as they are listed, and as they last were while nobody can list them', async () => {
  const metrics = createMetrics();
  const view = (state: 'live' | 'silent', appliedVersion: number) => ({ state, appliedVersion }) as GatewayView;
  const list = vi.fn(async () => [view('live', 17), view('live', 12), view('silent', 3)]);
  metrics.watchGateways({ list });
  const expected = ['latchkey_gateways{state="live"} 2', 'latchkey_gateways{state="silent"} 1', 'latchkey_gateway_version_lag 5'];
  expect(await lines(metrics, 'latchkey_gateway')).toEqual(expected);
  expect(list).toHaveBeenCalledTimes(1);
  list.mockRejectedValue(new Error('away'));
  expect(await lines(metrics, 'latchkey_gateway')).toEqual(expected);
});

test('counts attempts with unknown tokens, all of a sum', async () => {
  const metrics = createMetrics();
  const attempts = { kind: 'unknown', fingerprint: '0123456789abcdef', ip: null, reason: 'malformed', firstAt: 1, lastAt: 2 } as const;
  metrics.count(openSink()).append({ ...attempts, count: 7 }, () => undefined);
  expect(await lines(metrics, 'latchkey_unknown_token_attempts_total{')).toEqual([
    'latchkey_unknown_token_attempts_total{reason="malformed"} 7',
    'latchkey_unknown_token_attempts_total{reason="unknown"} 0',
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
