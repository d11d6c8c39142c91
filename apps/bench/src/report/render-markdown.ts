import type { Subject } from '../subject/subject.ts';
import type { Spread } from './spread.ts';
import type { Summary } from './summarise.ts';

/** Everything that is to be told of one run. */
export interface Report {
  /** Whether other things went on here: then times and rates say little. */
  readonly isBusy: boolean;
  readonly machine: string;
  readonly placement: string;
  readonly loadAverage: { readonly before: string; readonly after: string };
  readonly settings: { readonly rounds: number; readonly seconds: number; readonly connections: number; readonly tokens: number };
  readonly startedAt: string;
  readonly rows: readonly ReportRow[];
  readonly comparisons: readonly Comparison[];
}

/** Two servers against each other. */
export interface Comparison {
  readonly above: string;
  readonly below: string;
  readonly requestsRatio: Spread;
}

export type ReportRow = { readonly subject: Pick<Subject, 'name' | 'title' | 'group' | 'leavesOut'> } & (
  | { readonly summary: Summary }
  | { readonly unavailable: string }
);

export function renderMarkdown(report: Report): string {
  const { settings, loadAverage } = report;
  const parts = [
    renderThroughput(report.rows),
    renderComparisons(report.comparisons),
    renderHalfLoad(report.rows),
    renderNotes(report.rows),
  ];
  const busy = report.isBusy
    ? ' **The machine was busy with other things: only what is per request of processor time can be relied on.**'
    : '';
  return [
    `${report.machine}; ${report.placement}.`,
    `${report.startedAt}; load average ${loadAverage.before} before, ${loadAverage.after} after. ` +
      `${settings.rounds} rounds of ${settings.seconds} s each, ${settings.connections} connections, ${settings.tokens} tokens. Median (least–most).${busy}`,
    ...parts.filter((part) => part !== null).flatMap((part) => ['', part]),
    '',
  ].join('\n');
}

function renderComparisons(comparisons: readonly Comparison[]): string | null {
  if (comparisons.length === 0) return null;
  const lines = comparisons.map(({ above, below, requestsRatio }) => [above, below, format(requestsRatio, times)]);
  return renderTable(['server', 'beside', 'times its requests/s'], lines);
}

function renderThroughput(rows: readonly ReportRow[]): string {
  const head = ['server', 'requests/s', 'of bare', 'CPU µs/request', '× bare', 'µs over bare', 'p50 ms', 'p99 ms'];
  const lines = rows.map(({ subject, ...row }) => {
    if ('unavailable' in row) return [subject.title, `not run: ${row.unavailable}`, ...Array(6).fill('')];
    const { summary } = row;
    return [
      subject.title,
      format(summary.requestsPerSecond, wholeNumber),
      format(summary.throughputRatio, percent),
      format(summary.cpuUs, microseconds),
      format(summary.cpuRatio, times),
      format(summary.addedCpuUs, microseconds),
      format(summary.p50Us, milliseconds),
      format(summary.p99Us, milliseconds),
    ];
  });
  return renderTable(head, lines);
}

/** What the figures do not tell. */
function renderNotes(rows: readonly ReportRow[]): string {
  return rows
    .map(({ subject, ...row }) => {
      const notes = 'unavailable' in row ? [] : [database(row.summary), bottleneck(row.summary)];
      return `- ${subject.title} leaves out: ${[subject.leavesOut, ...notes].filter((note) => note !== null).join('; ')}.`;
    })
    .join('\n');
}

function database({ databaseCpuUs }: Summary): string | null {
  return databaseCpuUs === null ? null : `PostgreSQL worked ${format(databaseCpuUs, microseconds)} µs a request beside it`;
}

/** Where a server had time to spare, it was not measured at its limit. */
function bottleneck({ serverBusy, loadBusy }: Summary): string | null {
  if (serverBusy === null || loadBusy === null || serverBusy.median > 0.9) return null;
  return `it was busy ${percent(serverBusy.median)} of the time, the load generator ${percent(loadBusy.median)}`;
}

function renderHalfLoad(rows: readonly ReportRow[]): string | null {
  const lines = rows.flatMap(({ subject, ...row }) => {
    if ('unavailable' in row || row.summary.halfLoad === null) return [];
    const { ratePerSecond, p50Us, p99Us, addedP50Us, addedP99Us } = row.summary.halfLoad;
    const cells = [p50Us, p99Us, addedP50Us, addedP99Us].map((spread) => format(spread, milliseconds));
    return [[subject.title, wholeNumber(ratePerSecond), ...cells]];
  });
  if (lines.length === 0) return null;
  return renderTable(['at half load', 'requests/s', 'p50 ms', 'p99 ms', 'p50 over bare at that rate', 'p99 over bare at that rate'], lines);
}

const TEXTS: ReadonlySet<string> = new Set(['server', 'at half load', 'beside']);

function renderTable(head: readonly string[], lines: readonly (readonly string[])[]): string {
  const rule = head.map((name) => (TEXTS.has(name) ? '---' : '---:'));
  return [head, rule, ...lines].map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}

function format(spread: Spread | null, unit: (value: number) => string): string {
  if (spread === null) return '–';
  return `${unit(spread.median)} (${unit(spread.min)}–${unit(spread.max)})`;
}

const wholeNumber = (value: number): string => Math.round(value).toLocaleString('en-GB');
const percent = (ratio: number): string => `${(ratio * 100).toFixed(1)} %`;
const microseconds = (value: number): string => value.toFixed(1);
const times = (value: number): string => value.toFixed(2);
const milliseconds = (value: number): string => (value / 1000).toFixed(2);
