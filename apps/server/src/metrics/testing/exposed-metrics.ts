export interface ExposedMetric {
  readonly type: string;
  /** Of all its samples, without those that the type brings along. */
  readonly labels: ReadonlySet<string>;
}

const OF_TYPES: ReadonlySet<string> = new Set(['le', 'quantile']);

/** What a text in Prometheus' format exposes: metrics by name, those of a histogram under its own name. */
export function readExposedMetrics(text: string): ReadonlyMap<string, ExposedMetric> {
  const metrics = new Map<string, { type: string; labels: Set<string> }>();
  let current = { type: '', labels: new Set<string>() };
  for (const line of text.split('\n')) {
    const [, name = '', type = ''] = /^# TYPE (\S+) (\S+)$/.exec(line) ?? [];
    if (name !== '') {
      current = { type, labels: new Set() };
      metrics.set(name, current);
    }
    if (line.startsWith('#')) continue;
    for (const [, label = ''] of line.matchAll(/(?:\{|,)(\w+)="/g)) if (!OF_TYPES.has(label)) current.labels.add(label);
  }
  return metrics;
}
