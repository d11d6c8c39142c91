/** Where traces go, and which. */
export interface TracingConfig {
  /** Takes OTLP over HTTP, in JSON. */
  readonly url: string;
  readonly serviceName: string;
  readonly sampler: SamplerName;
  /** Of those that sample a share: 0 to 1. */
  readonly ratio: number;
}

/** As OpenTelemetry's specification names them. */
export const SAMPLERS = [
  'always_on',
  'always_off',
  'traceidratio',
  'parentbased_always_on',
  'parentbased_always_off',
  'parentbased_traceidratio',
] as const;
export type SamplerName = (typeof SAMPLERS)[number];

export interface TracingValues {
  readonly OTEL_SDK_DISABLED?: boolean | undefined;
  readonly OTEL_TRACES_EXPORTER?: 'otlp' | 'none' | undefined;
  readonly OTEL_EXPORTER_OTLP_ENDPOINT?: URL | undefined;
  readonly OTEL_EXPORTER_OTLP_TRACES_ENDPOINT?: URL | undefined;
  readonly OTEL_SERVICE_NAME?: string | undefined;
  readonly OTEL_TRACES_SAMPLER?: SamplerName | undefined;
  readonly OTEL_TRACES_SAMPLER_ARG?: number | undefined;
}

/** `null` unless somebody says where to, or that there are to be traces: then to a collector on this machine. */
export function toTracing(values: TracingValues): TracingConfig | null {
  const { OTEL_EXPORTER_OTLP_ENDPOINT: base, OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: exact, OTEL_TRACES_EXPORTER: exporter } = values;
  if (values.OTEL_SDK_DISABLED === true || exporter === 'none') return null;
  if (base === undefined && exact === undefined && exporter === undefined) return null;
  return {
    url: exact?.href ?? `${(base?.href ?? 'http://localhost:4318').replace(/\/$/, '')}/v1/traces`,
    serviceName: values.OTEL_SERVICE_NAME ?? 'latchkey',
    sampler: values.OTEL_TRACES_SAMPLER ?? 'parentbased_always_on',
    ratio: values.OTEL_TRACES_SAMPLER_ARG ?? 1,
  };
}
