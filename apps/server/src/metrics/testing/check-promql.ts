import type { ExposedMetric } from './exposed-metrics.ts';

/** What Prometheus itself adds. */
const OF_PROMETHEUS = ['instance', 'job'];
const WORDS = /[a-zA-Z_]\w*(?=[\s,({[)]|$)/g;
const FUNCTIONS: ReadonlySet<string> = new Set([
  ...['sum', 'max', 'min', 'rate', 'increase', 'histogram_quantile', 'vector', 'label_values', 'by', 'or', 'and', 'on', 'instance'],
]);

/** What is wrong with an expression: metrics that nobody exposes, and labels that those it names do not have. */
export function checkPromql(expression: string, exposed: ReadonlyMap<string, ExposedMetric>): string[] {
  const selectors = [...expression.matchAll(/([a-zA-Z_]\w*)?\{([^}]*)\}/g)].map(([, name, matchers = '']) => ({ name, matchers }));
  const bare = expression.replace(/\{[^}]*\}/g, '{').replace(/\bby \([^)]*\)/g, 'by ');
  const names = new Set([...namesIn(bare), ...selectors.flatMap(({ matchers }) => namesByMatcher(matchers))]);
  const grouped = [...expression.matchAll(/\bby \(([^)]*)\)/g)].flatMap(([, list = '']) => list.split(',').map((label) => label.trim()));
  return [
    ...(names.size === 0 ? ['names no metric'] : []),
    ...[...names].filter((name) => labelsOf(name, exposed) === null).map((name) => `${name}: nobody exposes it`),
    ...selectors.flatMap(({ name, matchers }) =>
      unknownLabels(labelsIn(matchers), name === undefined ? namesByMatcher(matchers) : [name], exposed),
    ),
    ...unknownLabels(grouped, [...names], exposed),
  ];
}

function namesIn(expression: string): string[] {
  return [...expression.replace(/\[[^\]]*\]/g, '').matchAll(WORDS)].map(([word]) => word).filter((word) => !FUNCTIONS.has(word));
}

function namesByMatcher(matchers: string): string[] {
  return /__name__=~?"([^"]*)"/.exec(matchers)?.[1]?.split('|') ?? [];
}

function labelsIn(matchers: string): string[] {
  return [...matchers.matchAll(/(\w+)\s*(?:=~|!~|!=|=)\s*"/g)].map(([, label = '']) => label).filter((label) => label !== '__name__');
}

/** One of the metrics must have it. */
function unknownLabels(labels: readonly string[], names: readonly string[], exposed: ReadonlyMap<string, ExposedMetric>): string[] {
  const known = new Set([...OF_PROMETHEUS, ...names.flatMap((name) => [...(labelsOf(name, exposed) ?? [])])]);
  return labels.filter((label) => !known.has(label)).map((label) => `${names.join(', ')}: has no label ${label}`);
}

function labelsOf(name: string, exposed: ReadonlyMap<string, ExposedMetric>): readonly string[] | null {
  const plain = exposed.get(name);
  if (plain !== undefined) return plain.type === 'histogram' ? null : [...plain.labels];
  const [, base = '', part = ''] = /^(.*)_(bucket|sum|count)$/.exec(name) ?? [];
  const histogram = exposed.get(base);
  if (histogram?.type !== 'histogram') return null;
  return part === 'bucket' ? [...histogram.labels, 'le'] : [...histogram.labels];
}
