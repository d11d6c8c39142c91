import { setImmediate as nextTurn } from 'node:timers/promises';
import type { SqlStatement } from '../sql-executor.ts';
import { aggregateUsage } from './aggregate-usage.ts';
import { DAY_ENDPOINT, HOUR, HOUR_ENDPOINT, SECRET_HOUR, TOKEN_DAY, TOKEN_DAY_ENDPOINT, TOKEN_HOUR } from './rollup.ts';
import { upsertSecretTotals } from './secret-total.ts';
import { upsertTokenTotals } from './token-total.ts';
import { upsertRollup } from './upsert-rollup.ts';
import type { UsageSums } from './usage-cell.ts';

/** What a batch adds to rollups and totals, ready to be written. */
export interface BatchSums {
  /** Rows of single tokens: written in this order by everyone, so that two ingesting processes never wait for each other in a circle. */
  readonly byToken: readonly SqlStatement[];
  /** Rows that all tokens share: written last, under `ACROSS_LOCK`. */
  readonly across: readonly SqlStatement[];
  /** One per token, in the order of their ids. */
  readonly tokens: readonly UsageSums[];
}

/** Coarser sums are made of finer ones, of which there are fewer than cells. Other work of this thread gets its turn in between. */
export async function sumBatch(cells: readonly UsageSums[]): Promise<BatchSums> {
  await nextTurn();
  // Requests without a known secret have rows of their own here.
  const tokenSecretHours = aggregateUsage(SECRET_HOUR, cells);
  const tokenHours = aggregateUsage(TOKEN_HOUR, tokenSecretHours);
  const tokenDays = aggregateUsage(TOKEN_DAY, tokenHours);
  const tokens = aggregateUsage({ keys: ['token_id'] }, tokenDays);
  const tokenDayEndpoints = await nextTurn(aggregateUsage(TOKEN_DAY_ENDPOINT, cells));
  const secretHours = ofKnownSecrets(tokenSecretHours);
  const secrets = aggregateUsage({ keys: ['secret_id'] }, secretHours);
  const hourEndpoints = await nextTurn(aggregateUsage(HOUR_ENDPOINT, cells));
  return {
    tokens,
    byToken: [
      ...upsertRollup(TOKEN_HOUR, tokenHours),
      ...upsertRollup(TOKEN_DAY, tokenDays),
      ...upsertRollup(TOKEN_DAY_ENDPOINT, tokenDayEndpoints),
      ...upsertRollup(SECRET_HOUR, secretHours),
      ...upsertSecretTotals(secrets),
      upsertTokenTotals(tokens),
    ],
    across: [
      ...upsertRollup(HOUR, aggregateUsage(HOUR, tokenHours)),
      ...upsertRollup(HOUR_ENDPOINT, hourEndpoints),
      ...upsertRollup(DAY_ENDPOINT, aggregateUsage(DAY_ENDPOINT, hourEndpoints)),
    ],
  };
}

function ofKnownSecrets(rows: readonly UsageSums[]): UsageSums[] {
  return rows.filter(({ keys }) => keys.secretId !== null);
}
