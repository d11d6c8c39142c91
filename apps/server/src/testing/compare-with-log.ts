import { Client } from 'pg';
import type { RequestLedger } from './request-ledger.ts';

/** Where the ledger and the database agree and where not. All but `answered` and `logged` must be empty or equal. */
export interface LogComparison {
  readonly answered: number;
  readonly logged: number;
  readonly lost: number[];
  readonly doubled: string[];
  readonly wrongStatus: number[];
  /** What the rollups and the lifetime total say; each must be `logged`. */
  readonly totals: { byHour: number; byDay: number; byEndpoint: number; acrossTokens: number; lifetime: number };
}

/** Whether something was answered, and the log and every sum have exactly that. A run without traffic shows nothing. */
export function isExact({ answered, logged, lost, doubled, wrongStatus, totals }: LogComparison): boolean {
  const isRight = lost.length + doubled.length + wrongStatus.length === 0 && Object.values(totals).every((total) => total === logged);
  return isRight && answered > 0 && logged > 0;
}

const PATHS = `select path, count(*)::int as times, min(status_code) as status from api_token_usage where token_id = $1 group by path`;
const TOTALS = `select
  (select coalesce(sum(requests), 0)::int from usage_token_hour where token_id = $1) as "byHour",
  (select coalesce(sum(requests), 0)::int from usage_token_day where token_id = $1) as "byDay",
  (select coalesce(sum(requests), 0)::int from usage_token_day_endpoint where token_id = $1) as "byEndpoint",
  (select coalesce(sum(requests), 0)::int from usage_hour) as "acrossTokens",
  (select coalesce(sum(requests), 0)::int from usage_token_total where token_id = $1) as lifetime`;

/** Compares what a client was answered with what the database holds of the only token in it. */
export async function compareWithLog(databaseUrl: string, tokenId: number, ledger: RequestLedger): Promise<LogComparison> {
  const client = new Client({ connectionString: databaseUrl });
  await client.connect();
  try {
    const { rows } = await client.query<{ path: string; times: number; status: number }>(PATHS, [tokenId]);
    const { rows: totals } = await client.query<LogComparison['totals']>(TOTALS, [tokenId]);
    const statusOf = new Map(rows.map((row) => [row.path, row.status]));
    const numbers = [...ledger.answered];
    if (!totals[0]) throw new Error('The totals answered no row.');
    return {
      answered: ledger.answered.size,
      logged: rows.reduce((sum, row) => sum + row.times, 0),
      lost: numbers.filter(([number]) => !statusOf.has(`/products/${number}`)).map(([number]) => number),
      doubled: rows.filter((row) => row.times > 1).map((row) => row.path),
      wrongStatus: numbers
        .filter(([number, status]) => (statusOf.get(`/products/${number}`) ?? status) !== status)
        .map(([number]) => number),
      totals: totals[0],
    };
  } finally {
    await client.end();
  }
}
