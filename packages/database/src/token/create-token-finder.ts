import type { TokenDigest, TokenRecord } from '@latchkey/core';
import type { Pool } from 'pg';
import { findTokens } from './find-token.ts';

interface Inquiry {
  readonly candidates: readonly TokenDigest[];
  readonly askedAt: number;
  resolve(record: TokenRecord | null): void;
  reject(error: unknown): void;
}

/** Half of the pool: leases of quotas and the question whether the database answers go their own way beside any number of look-ups. */
const MAX_QUERIES = 2;
const MAX_BATCH = 500;

/** Who waited for so long is waiting for a database that does not answer, and is told to try again: as long as a query may take. */
export const MAX_WAIT_MS = 2_000;

/**
 * Looks tokens up, those together that were asked for while the database was busy: a flood of texts that nobody issued then costs a few
 * queries and not one each, and a good token that is not cached waits for two of them at most. Rejects where the
 * database can not be asked, or has kept others waiting for too long.
 * @param now milliseconds of a clock that nobody sets.
 */
export function createTokenFinder(
  pool: Pool,
  now = () => performance.now(),
): (candidates: readonly TokenDigest[]) => Promise<TokenRecord | null> {
  const waiting: Inquiry[] = [];
  let running = 0;

  async function run(batch: readonly Inquiry[]): Promise<void> {
    try {
      const records = await findTokens(
        pool,
        batch.map(({ candidates }) => candidates),
      );
      for (const [index, { resolve }] of batch.entries()) resolve(records[index] ?? null);
    } catch (error) {
      for (const { reject } of batch) reject(error);
    }
    running -= 1;
    start();
  }

  function giveUpOverdue(): void {
    const inTime = waiting.findIndex(({ askedAt }) => now() - askedAt <= MAX_WAIT_MS);
    for (const { reject } of waiting.splice(0, inTime === -1 ? waiting.length : inTime)) reject(new WaitedTooLong());
  }

  function start(): void {
    giveUpOverdue();
    while (running < MAX_QUERIES && waiting.length > 0) {
      running += 1;
      void run(waiting.splice(0, MAX_BATCH));
    }
  }

  return (candidates) => {
    if (candidates.length === 0) return Promise.resolve(null);
    return new Promise((resolve, reject) => {
      waiting.push({ candidates, askedAt: now(), resolve, reject });
      start();
    });
  };
}

/** A look-up that never came to be asked. */
export class WaitedTooLong extends Error {
  constructor() {
    super('The database keeps look-ups of tokens waiting for too long.');
    this.name = 'WaitedTooLong';
  }
}
