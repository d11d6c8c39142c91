import { AggregatorRegistry, type Registry } from 'prom-client';
import type { ThreadFigures } from './thread-protocol.ts';

/** The figures of the whole process, as operators read them. */
export type Figures = Pick<Registry, 'contentType' | 'metrics'>;

/** Adds to the main thread's figures those of the others, each in the way it says of itself: sums, unless it is the least that counts. */
export function mergeFigures(main: Registry, readThreads: () => Promise<readonly ThreadFigures[]>): Figures {
  return {
    contentType: main.contentType,
    async metrics() {
      const threads = await readThreads();
      if (threads.length === 0) return main.metrics();
      return AggregatorRegistry.aggregate([await main.getMetricsAsJSON(), ...threads]).metrics();
    },
  };
}
