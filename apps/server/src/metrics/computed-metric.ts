import type { Metric, Registry } from 'prom-client';

export interface Sample {
  readonly labels: Readonly<Record<string, string | number>>;
  readonly value: number;
  /** Where it is not the metric's own name. */
  readonly metricName?: string;
}

export interface ComputedMetric {
  readonly name: string;
  readonly help: string;
  readonly type: 'counter' | 'histogram';
  /** Asked whenever somebody asks for the figures. */
  readonly read: () => readonly Sample[];
}

/** A metric whose figures are counted elsewhere: the library's own hash their labels at every step. Those of several threads are added. */
export function addComputedMetric(registry: Registry, { read, ...described }: ComputedMetric): void {
  const metric = { ...described, aggregator: 'sum', get: async () => ({ ...described, aggregator: 'sum', values: read() }) };
  // All that a registry asks of a metric, as its own aggregation shows.
  registry.registerMetric(metric as unknown as Metric);
}
