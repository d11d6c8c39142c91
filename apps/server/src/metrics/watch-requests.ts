import { DENIALS, type DenialReason, UNKNOWN_STATUS, type UsageRecord } from '@latchkey/core';
import type { Registry } from 'prom-client';
import { addComputedMetric, type Sample } from './computed-metric.ts';
import { createRequestFigures, DURATION_BOUNDS, type OutcomeFigures } from './request-figures.ts';

export interface RequestWatch {
  /** A request that is on record. */
  note(record: UsageRecord): void;
  /** A request that was refused without a record. */
  noteUnrecorded(reason: DenialReason): void;
}

const DURATION_NAME = 'latchkey_request_duration_seconds';

/** Rate, errors and durations of requests, by what became of them. */
export function watchRequests(registry: Registry): RequestWatch {
  const figures = createRequestFigures();
  const unrecorded = new Map<DenialReason, number>();
  addComputedMetric(registry, {
    name: 'latchkey_requests_total',
    help: 'Requests of identified tokens, by what became of them.',
    type: 'counter',
    read: () => figures.all().flatMap(statusSamples),
  });
  addComputedMetric(registry, {
    name: DURATION_NAME,
    help: 'Time from arrival to the end of the answer, by what became of the request.',
    type: 'histogram',
    read: () => figures.all().flatMap(durationSamples),
  });
  addComputedMetric(registry, {
    name: 'latchkey_unrecorded_requests_total',
    help: 'Requests that were refused without a usage record, because no token was identified or nothing can be recorded.',
    type: 'counter',
    read: () => [...unrecorded].map(([reason, value]) => ({ labels: unrecordedLabels(reason), value })),
  });
  return {
    note: figures.note,
    noteUnrecorded: (reason) => void unrecorded.set(reason, (unrecorded.get(reason) ?? 0) + 1),
  };
}

function statusSamples({ outcome, byStatusClass }: OutcomeFigures): Sample[] {
  return byStatusClass
    .map((value, index) => ({ labels: { outcome, status_class: statusClass(index * 100) }, value }))
    .filter(({ value }) => value > 0);
}

function durationSamples({ outcome, byDuration, durationUs }: OutcomeFigures): Sample[] {
  let count = 0;
  const buckets = byDuration.map((inBucket, index) => {
    count += inBucket;
    return { labels: { le: DURATION_BOUNDS[index] ?? '+Inf', outcome }, value: count, metricName: `${DURATION_NAME}_bucket` };
  });
  const sum = { labels: { outcome }, value: durationUs / 1e6, metricName: `${DURATION_NAME}_sum` };
  return [...buckets, sum, { labels: { outcome }, value: count, metricName: `${DURATION_NAME}_count` }];
}

function unrecordedLabels(reason: DenialReason) {
  const { code, status } = DENIALS[reason];
  return { reason, outcome: code, status_class: statusClass(status) };
}

/** `unknown`: a proxy gave the answer. */
function statusClass(status: number): string {
  return status === UNKNOWN_STATUS ? 'unknown' : `${Math.floor(status / 100)}xx`;
}
