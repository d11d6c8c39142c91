import { type Aggregator, Gauge, type Registry } from 'prom-client';
import { addComputedMetric } from './computed-metric.ts';

/** Adds figures that are read whenever somebody asks for them. */
export interface MetricAdder {
  /** @param aggregator what becomes of the figures of several threads; default `sum`. */
  gauge(name: string, help: string, read: () => number, aggregator?: Aggregator): void;
  /** Of several threads they are added. */
  counter(name: string, help: string, read: () => number): void;
}

export function createMetricAdder(registry: Registry): MetricAdder {
  return {
    gauge(name, help, read, aggregator = 'sum') {
      new Gauge({
        name,
        help,
        registers: [registry],
        aggregator,
        collect() {
          this.set(read());
        },
      });
    },
    counter(name, help, read) {
      addComputedMetric(registry, { name, help, type: 'counter', read: () => [{ labels: {}, value: read() }] });
    },
  };
}
