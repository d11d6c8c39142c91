import type { TokenDigest, TokenRecord } from '@latchkey/core';
import type { Pool } from 'pg';
import { findTokens } from './find-token.ts';

interface Inquiry {
  readonly candidates: readonly TokenDigest[];
  resolve(record: TokenRecord | null): void;
  reject(error: unknown): void;
}

/** Half of the pool: leases of quotas and the question whether the database answers go their own way beside any number of look-ups. */
const MAX_QUERIES = 2;
const MAX_BATCH = 500;

/**
 * Looks tokens up, those together that were asked for while the database was busy: a flood of texts that nobody issued then costs a few
 * queries and not one each, and a good token that is not cached waits for two of them at most.
 */
export function createTokenFinder(pool: Pool): (candidates: readonly TokenDigest[]) => Promise<TokenRecord | null> {
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

  function start(): void {
    while (running < MAX_QUERIES && waiting.length > 0) {
      running += 1;
      void run(waiting.splice(0, MAX_BATCH));
    }
  }

  return (candidates) => {
    if (candidates.length === 0) return Promise.resolve(null);
    return new Promise((resolve, reject) => {
      waiting.push({ candidates, resolve, reject });
      start();
    });
  };
}
