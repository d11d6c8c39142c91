import { expect, test } from 'vitest';
import { checkPromql } from './check-promql.ts';
import { readExposedMetrics } from './exposed-metrics.ts';

const exposed = readExposedMetrics(`# HELP requests_total …
# TYPE requests_total counter
requests_total{outcome="VALID",status_class="2xx"} 3

# TYPE duration_seconds histogram
duration_seconds_bucket{le="0.1",outcome="VALID"} 3
duration_seconds_sum{outcome="VALID"} 0.1

# TYPE spool_bytes gauge
spool_bytes 12
`);

test.each([
  'spool_bytes{instance=~"$instance"} >= 0.8',
  'sum by (outcome) (rate(requests_total{status_class="5xx"}[5m])) / sum by (outcome) (rate(requests_total[$__rate_interval]))',
  'histogram_quantile(0.95, sum by (le) (rate(duration_seconds_bucket{outcome="VALID"}[5m])))',
  'sum(rate({__name__=~"requests_total|spool_bytes", outcome="VALID"}[5m])) or vector(0)',
  'label_values(spool_bytes, instance)',
])('finds nothing wrong with %s', (expression) => {
  expect(checkPromql(expression, exposed)).toEqual([]);
});

test.each([
  ['spool_octets > 0', 'spool_octets: nobody exposes it'],
  ['rate(request_total[5m])', 'request_total: nobody exposes it'],
  ['rate({__name__=~"requests_total|request_total"}[5m])', 'request_total: nobody exposes it'],
  ['rate(requests_total{status="5xx"}[5m])', 'requests_total: has no label status'],
  ['sum by (mode) (requests_total)', 'requests_total: has no label mode'],
  ['sum by (le) (rate(duration_seconds_sum[5m]))', 'duration_seconds_sum: has no label le'],
  ['rate(duration_seconds[5m])', 'duration_seconds: nobody exposes it'],
  ['vector(1)', 'names no metric'],
])('finds what is wrong with %s', (expression, problem) => {
  expect(checkPromql(expression, exposed)).toEqual([problem]);
});
