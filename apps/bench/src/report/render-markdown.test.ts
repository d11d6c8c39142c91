import { expect, it } from 'vitest';
import { type Report, renderMarkdown } from './render-markdown.ts';
import { summarise } from './summarise.ts';

const MEASURED = { requestsPerSecond: 8_000, cpuUs: 20, databaseCpuUs: 7, p50Us: 1_500, p99Us: 3_000, serverBusy: 0.5, loadBusy: 0.95 };
const SAMPLE = { name: 'guard', round: 0, measured: MEASURED, bare: { requestsPerSecond: 10_000, cpuUs: 16 } };

function aReport(changes: Partial<Report> = {}): Report {
  return {
    machine: '2 × a processor',
    placement: 'not pinned',
    isBusy: false,
    loadAverage: { before: '0.01', after: '1.20' },
    settings: { rounds: 1, seconds: 1, connections: 64, tokens: 1_000 },
    startedAt: '2026-01-15T12:00:00.000Z',
    rows: [
      { subject: { name: 'guard', title: 'The guard', group: 'guard', leavesOut: '–' }, summary: summarise('guard', [SAMPLE]) },
      { subject: { name: 'nginx', title: 'nginx', group: 'proxy', leavesOut: 'scopes' }, unavailable: 'nginx is not installed' },
    ],
    comparisons: [],
    ...changes,
  };
}

it('has a row for each server, ratios included', () => {
  const [row] = renderMarkdown(aReport()).match(/^\| The guard .*$/m) ?? [];
  for (const cell of ['8,000 (8,000–8,000)', '80.0 %', '20.0', '1.25', '4.0', '1.50', '3.00']) expect(row).toContain(cell);
});

it('says what each leaves out, what PostgreSQL did for it, and when it was not the server that could do no more', () => {
  const markdown = renderMarkdown(aReport());
  expect(markdown).toContain('- nginx leaves out: scopes.');
  const note = 'PostgreSQL worked 7.0 (7.0–7.0) µs a request beside it; it was busy 50.0 % of the time, the load generator 95.0 %.';
  expect(markdown).toContain(`- The guard leaves out: –; ${note}`);
});

it('says of a server that could not run why', () => {
  expect(renderMarkdown(aReport())).toMatch(/^\| nginx \| not run: nginx is not installed \|/m);
});

it('warns where the machine was busy, and only there', () => {
  expect(renderMarkdown(aReport({ isBusy: true }))).toContain('The machine was busy');
  expect(renderMarkdown(aReport())).not.toContain('busy with other things');
});

it('sets rivals side by side', () => {
  const comparisons = [{ above: 'The guard', below: 'nginx', requestsRatio: { median: 0.5, min: 0.4, max: 0.6 } }];
  expect(renderMarkdown(aReport({ comparisons }))).toContain('| The guard | nginx | 0.50 (0.40–0.60) |');
});
