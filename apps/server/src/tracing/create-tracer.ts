import { setTimeout as delay } from 'node:timers/promises';
import { type DiagLogger, DiagLogLevel, diag, type Tracer } from '@opentelemetry/api';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { resourceFromAttributes } from '@opentelemetry/resources';
import {
  AlwaysOffSampler,
  AlwaysOnSampler,
  BasicTracerProvider,
  BatchSpanProcessor,
  ParentBasedSampler,
  type Sampler,
  TraceIdRatioBasedSampler,
} from '@opentelemetry/sdk-trace-base';
import packageJson from '../../package.json' with { type: 'json' };
import type { TracingConfig } from '../config/tracing-config.ts';

export interface TracerOptions extends TracingConfig {
  readonly gatewayName: string;
  readonly logger: { warn(fields: object, message: string): void };
}

/** Spans leave in batches, behind the requests; what a collector does not take is dropped. */
const FLUSH_MS = 2_000;
const SAY_AGAIN_MS = 60_000;

export function createTracer(options: TracerOptions): { readonly tracer: Tracer; close(): Promise<void> } {
  tellProblems(options.logger);
  const provider = new BasicTracerProvider({
    sampler: createSampler(options),
    resource: resourceFromAttributes({
      'service.name': options.serviceName,
      'service.version': packageJson.version,
      'service.instance.id': options.gatewayName,
    }),
    spanProcessors: [new BatchSpanProcessor(new OTLPTraceExporter({ url: options.url }))],
  });
  return {
    tracer: provider.getTracer('latchkey', packageJson.version),
    close: () => Promise.race([provider.shutdown().catch(() => undefined), delay(FLUSH_MS, undefined, { ref: false })]),
  };
}

function createSampler({ sampler, ratio }: TracingConfig): Sampler {
  const [, parentBased, kind] = /^(parentbased_)?(.+)$/.exec(sampler) ?? [];
  const root =
    kind === 'always_off' ? new AlwaysOffSampler() : kind === 'traceidratio' ? new TraceIdRatioBasedSampler(ratio) : new AlwaysOnSampler();
  return parentBased === undefined ? root : new ParentBasedSampler({ root });
}

/** A collector that is away fails every few seconds; the log is told once a minute. What it answered stays out of it. */
function tellProblems(logger: TracerOptions['logger']): void {
  let toldAt = Number.NEGATIVE_INFINITY;
  const tell = (): void => {
    if (performance.now() - toldAt < SAY_AGAIN_MS) return;
    toldAt = performance.now();
    logger.warn({}, 'Traces could not be sent: the collector is away or does not take them. Requests are not affected.');
  };
  const silent = (): void => undefined;
  const listener: DiagLogger = { error: tell, warn: tell, info: silent, debug: silent, verbose: silent };
  diag.setLogger(listener, { logLevel: DiagLogLevel.WARN, suppressOverrideMessage: true });
}
