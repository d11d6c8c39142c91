import { type Aggregator, Gauge, type Registry } from 'prom-client';

export type AddGauge = (name: string, help: string, read: () => number, aggregator?: Aggregator) => void;

/** Gauges that are read whenever somebody asks for the figures. @param aggregator what becomes of the figures of several threads; default `sum`. */
export function createGauges(registry: Registry): AddGauge {
  return (name, help, read, aggregator = 'sum') => {
    new Gauge({
      name,
      help,
      registers: [registry],
      aggregator,
      collect() {
        this.set(read());
      },
    });
  };
}
