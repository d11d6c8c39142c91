// Dashboards, alerts and documentation name what the real server exposes, and nothing else.
import { readFileSync } from 'node:fs';
import { send } from '@latchkey/bearer-auth/testing';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { openSceneWithDatabase, type Scene } from '../contract/testing/open-scene.ts';
import { checkPromql } from './testing/check-promql.ts';
import { type ExposedMetric, readExposedMetrics } from './testing/exposed-metrics.ts';

interface Panel {
  readonly id: number;
  readonly type: string;
  readonly title: string;
  readonly gridPos: { readonly x: number; readonly y: number; readonly w: number; readonly h: number };
  readonly targets?: readonly { readonly expr: string }[];
}

const read = (name: string) => readFileSync(new URL(`../../../../${name}`, import.meta.url), 'utf8');
const dashboard = JSON.parse(read('deploy/grafana/latchkey.json')) as {
  readonly panels: readonly Panel[];
  readonly templating: { readonly list: readonly { readonly type: string; readonly query: string | { readonly query: string } }[] };
};
const panels = dashboard.panels.filter(({ type }) => type !== 'row');

let scene: Scene;
let exposed: ReadonlyMap<string, ExposedMetric>;

beforeAll(async () => {
  scene = await openSceneWithDatabase();
  const { token } = await scene.createToken({ name: 'watched', rate_limit: 1 });
  await scene.call(token);
  await scene.call(token);
  await send(scene.url, { path: '/api/products' });
  exposed = readExposedMetrics((await send(scene.url, { path: '/metrics' })).text);
}, 60_000);
afterAll(() => scene?.close());

const problemsOf = (expressions: readonly string[]) => expressions.flatMap((expression) => checkPromql(expression, exposed));

it('the dashboard asks only for what there is, in every panel', () => {
  expect(panels.length).toBeGreaterThan(15);
  expect(panels.filter(({ targets = [] }) => targets.length === 0).map(({ title }) => title)).toEqual([]);
  expect(problemsOf(panels.flatMap(({ targets = [] }) => targets.map(({ expr }) => expr)))).toEqual([]);
  expect(new Set(dashboard.panels.map(({ id }) => id)).size).toBe(dashboard.panels.length);
});

it('the dashboard chooses among instances that there are', () => {
  const queries = dashboard.templating.list.flatMap(({ type, query }) =>
    type === 'query' && typeof query === 'object' ? [query.query] : [],
  );
  expect(queries).toHaveLength(1);
  expect(problemsOf(queries)).toEqual([]);
});

it('no panel of the dashboard lies over another', () => {
  const cells = dashboard.panels.flatMap(({ gridPos: { x, y, w, h } }) =>
    Array.from({ length: w * h }, (_, index) => `${x + (index % w)},${y + Math.floor(index / w)}`),
  );
  expect(new Set(cells).size).toBe(cells.length);
  expect(dashboard.panels.filter(({ gridPos: { x, w } }) => x + w > 24)).toEqual([]);
});

/** The rules are written in one form only, so that this needs no parser of YAML. */
const RULE =
  / {6}- alert: (?<name>\w+)\n {8}expr: '(?<expr>[^'\n]+)'\n {8}for: \d+[smh]\n {8}labels:\n {10}severity: (?:critical|warning)\n {8}annotations:\n {10}summary: '[^'\n]+'\n/y;

function readRules(): { name: string; expr: string }[] {
  const file = read('deploy/prometheus/latchkey.rules.yml').replace(/^#.*\n/gm, '');
  const head = 'groups:\n  - name: latchkey\n    rules:\n';
  expect(file.startsWith(head)).toBe(true);
  const rules: { name: string; expr: string }[] = [];
  RULE.lastIndex = head.length;
  let end = head.length;
  for (let match = RULE.exec(file); match !== null; match = RULE.exec(file)) {
    end = RULE.lastIndex;
    rules.push({ name: match.groups?.name ?? '', expr: match.groups?.expr ?? '' });
  }
  expect(file.slice(end)).toBe('');
  return rules;
}

it('the alerts ask only for what there is', () => {
  const rules = readRules();
  expect(new Set(rules.map(({ name }) => name)).size).toBe(rules.length);
  expect(rules.length).toBeGreaterThan(8);
  expect(problemsOf(rules.map(({ expr }) => expr))).toEqual([]);
});

it('the documentation lists every metric of ours with its type and labels, and no other', () => {
  const section = read('docs/observability.md').split('<!-- metrics -->')[1]?.split('<!-- /metrics -->')[0] ?? '';
  const rows = section.split('\n').filter((line) => line.startsWith('| `'));
  const documented = rows.map((row) =>
    row
      .split('|')
      .slice(1, 4)
      .map((cell) => cell.trim().replaceAll('`', ''))
      .join(' | '),
  );
  const ours = [...exposed].filter(([name]) => name.startsWith('latchkey_'));
  expect(documented.toSorted()).toEqual(
    ours.map(([name, { type, labels }]) => `${name} | ${type} | ${[...labels].sort().join(', ')}`).sort(),
  );
});
