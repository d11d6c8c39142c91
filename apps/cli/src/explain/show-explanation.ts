import type { Client } from '../session/create-client.ts';
import { escapeText } from '../terminal/escape-text.ts';
import { formatDuration, formatNumber } from '../terminal/format.ts';
import type { Output } from '../terminal/output.ts';
import type { Tone } from '../terminal/painter.ts';
import type { Column } from '../terminal/render-table.ts';
import { describeToken } from '../token/token-text.ts';

type Explanation = Awaited<ReturnType<Client['token']['explain']['mutate']>>;
type Finding = Explanation['findings'][number];
type Window = NonNullable<Explanation['counters']>['windows'][number];

export function showExplanation(output: Output, explanation: Explanation): void {
  output.line(verdict(output, explanation));
  if (explanation.message !== null) output.line(escapeText(explanation.message));
  output.line('');
  output.fields(aboutRequest(explanation));
  output.line('');
  output.rows(FINDING_COLUMNS, explanation.findings);
  const windows = explanation.counters?.windows ?? [];
  if (windows.length > 0) {
    output.line('');
    output.rows(WINDOW_COLUMNS, windows);
  }
}

function verdict({ paint }: Output, { decision, status, code, decidedBy }: Explanation): string {
  if (decision === 'allow') return paint('good', 'allowed');
  return paint('bad', escapeText(`refused: ${status} ${code}, by the check "${decidedBy}"`));
}

function aboutRequest({ token, request, recorded, counters }: Explanation): [string, string | number | null][] {
  return [
    ['Token', token === null ? 'nobody issued it' : `${describeToken(token)}, ${token.status}`],
    ['Request', `${request.method} ${request.path}`],
    ['Address', request.ipAddress],
    ['Judged at', request.at],
    ...aboutRecord(recorded),
    ...(counters?.quota ? ([['Quota left', counters.quota.remaining]] as [string, number][]) : []),
  ];
}

function aboutRecord(recorded: Explanation['recorded']): [string, string | number | null][] {
  if (recorded === null) return [];
  const changed = recorded.changedSince ? '; the token has been changed since' : '';
  return [
    ['Request id', recorded.requestId],
    ['Answered then', `${recorded.status ?? 'at the proxy'} ${recorded.outcome}${changed}`],
  ];
}

const RESULT_TONES: Readonly<Record<string, Tone>> = { pass: 'good', fail: 'bad' };

const FINDING_COLUMNS: readonly Column<Finding>[] = [
  { header: 'CHECK', value: (finding) => finding.check },
  {
    header: 'RESULT',
    value: (finding) => finding.result,
    display: (finding) => finding.result.replace('_', ' '),
    tone: (finding) => RESULT_TONES[finding.result] ?? 'quiet',
  },
  { header: 'RULE', value: (finding) => finding.rule, flexible: true },
  { header: 'DETAIL', value: (finding) => finding.detail, flexible: true },
];

const WINDOW_COLUMNS: readonly Column<Window>[] = [
  { header: 'LIMIT', value: (window) => window.name },
  { header: 'MAX', value: (window) => window.limit, display: (window) => formatNumber(window.limit), align: 'right' },
  { header: 'PER', value: (window) => window.windowMs, display: (window) => formatDuration(window.windowMs), align: 'right' },
  { header: 'USED', value: (window) => window.current, display: (window) => formatNumber(window.current), align: 'right' },
  { header: 'LEFT', value: (window) => window.remaining, display: (window) => formatNumber(window.remaining), align: 'right' },
  { header: 'ENDS', value: (window) => window.resetAt },
];
