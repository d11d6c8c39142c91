import type { Command } from 'commander';
import type { Act, Call } from '../program/call.ts';
import { wholeNumber } from '../program/parse-option.ts';
import type { Client } from '../session/create-client.ts';
import { formatInstant, formatMillis, formatNumber } from '../terminal/format.ts';
import type { Column } from '../terminal/render-table.ts';
import { findToken } from '../token/find-token.ts';
import { nameOf } from '../token/token-text.ts';

interface UsageOptions {
  readonly days: number;
  readonly top: number;
  readonly requests?: boolean;
  readonly limit: number;
}

interface Range {
  readonly tokenId?: number;
  readonly from: string;
  readonly to: string;
}

const DAY_MS = 86_400_000;

export function addUsageCommand(program: Command, act: Act): void {
  program
    .command('usage')
    .description('how tokens are used: requests, failures, response times')
    .argument('[token]', 'id or name of a token; without it: all of them')
    .option('--days <number>', 'so many days up to now', wholeNumber(1, 365), 7)
    .option('--top <number>', 'so many endpoints and tokens, most requests first', wholeNumber(1, 200), 10)
    .option('--requests', 'the log instead: single requests, newest first')
    .option('--limit <number>', 'with --requests: at most so many', wholeNumber(1, 200), 50)
    .action(act(showUsage));
}

async function showUsage(call: Call, [text]: readonly string[], options: UsageOptions): Promise<void> {
  const client = await call.connect();
  const tokenId = text === undefined ? undefined : (await findToken(client, text)).id;
  const to = call.now();
  const range = { tokenId, from: new Date(to - options.days * DAY_MS).toISOString(), to: new Date(to).toISOString() };
  if (options.requests) await showRequests(call, client, range, options.limit);
  else await showTotals(call, client, range, options.top);
}

type Totals = Awaited<ReturnType<Client['usage']['summary']['query']>>['current'];
type EndpointStats = Awaited<ReturnType<Client['usage']['endpoints']['query']>>['endpoints'][number];
type TokenStats = Awaited<ReturnType<Client['usage']['topTokens']['query']>>['tokens'][number];
type RequestRow = Awaited<ReturnType<Client['usage']['requests']['query']>>['requests'][number];

async function showTotals({ output }: Call, client: Client, range: Range, top: number): Promise<void> {
  const [{ current }, { endpoints }, { tokens }] = await Promise.all([
    client.usage.summary.query(range),
    client.usage.endpoints.query({ ...range, limit: top }),
    range.tokenId === undefined ? client.usage.topTokens.query({ ...range, limit: top }) : { tokens: null },
  ]);
  if (output.json) {
    const { from, to } = range;
    return output.value({ from, to, totals: current, endpoints, ...(tokens && { tokens }) });
  }
  output.fields(totalFields(current));
  if (endpoints.length > 0) {
    output.line('');
    output.rows(ENDPOINT_COLUMNS, endpoints);
  }
  if (tokens && tokens.length > 0) {
    output.line('');
    output.rows(TOKEN_COLUMNS, tokens);
  }
}

async function showRequests({ output }: Call, client: Client, range: Range, limit: number): Promise<void> {
  const { requests } = await client.usage.requests.query({ ...range, limit });
  if (output.json) output.value({ requests });
  else output.rows(REQUEST_COLUMNS, requests);
}

function totalFields(totals: Totals): [string, string | number | null][] {
  return [
    ['Requests', totals.requests],
    ['Successful', totals.ok],
    ['Client errors', totals.clientErrors],
    ['Rate limited', totals.rateLimited],
    ['Server errors', totals.serverErrors],
    ['Mean time', formatMillis(totals.avg)],
    ['95 % within', formatMillis(totals.p95)],
  ];
}

interface Counted {
  readonly requests: number;
  readonly ok: number;
  readonly rateLimited: number;
  readonly avg: number | null;
}

const COUNT_COLUMNS: readonly Column<Counted>[] = [
  { header: 'REQUESTS', value: (row) => row.requests, display: (row) => formatNumber(row.requests), align: 'right' },
  {
    header: 'FAILED',
    value: (row) => row.requests - row.ok,
    display: (row) => formatNumber(row.requests - row.ok),
    align: 'right',
    tone: (row) => (row.requests > row.ok ? 'warning' : null),
  },
  { header: 'LIMITED', value: (row) => row.rateLimited, display: (row) => formatNumber(row.rateLimited), align: 'right' },
  { header: 'MEAN', value: (row) => row.avg, display: (row) => formatMillis(row.avg), align: 'right' },
];

const ENDPOINT_COLUMNS: readonly Column<EndpointStats>[] = [
  { header: 'METHOD', value: (row) => row.method },
  { header: 'ENDPOINT', value: (row) => row.endpoint, flexible: true },
  ...COUNT_COLUMNS,
];

const TOKEN_COLUMNS: readonly Column<TokenStats>[] = [
  { header: 'ID', value: (row) => row.id, align: 'right' },
  { header: 'TOKEN', value: nameOf, flexible: true },
  ...COUNT_COLUMNS,
];

const REQUEST_COLUMNS: readonly Column<RequestRow>[] = [
  { header: 'TIME', value: (row) => row.at, display: (row) => formatInstant(row.at) },
  { header: 'TOKEN', value: (row) => row.tokenId, align: 'right' },
  { header: 'METHOD', value: (row) => row.method },
  { header: 'PATH', value: (row) => row.path, flexible: true },
  { header: 'STATUS', value: (row) => row.status, align: 'right', tone: (row) => ((row.status ?? 0) < 400 ? null : 'bad') },
  { header: 'OUTCOME', value: (row) => row.outcome },
  { header: 'ADDRESS', value: (row) => row.ipAddress, spare: true },
  { header: 'REQUEST ID', value: (row) => row.requestId, spare: true },
];
