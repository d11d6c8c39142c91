import type { TokenDigest } from '@latchkey/core';
import type { Pool } from 'pg';
import type { DatabaseLogger } from '../database-logger.ts';

/** Stores digests anew, one after the other and behind everything else. */
export interface Rehasher {
  rehash(secretId: number, from: number, to: TokenDigest): void;
  /** Waits for the one that is under way; the others happen at the next use. */
  close(): Promise<void>;
}

/** Beyond this they are left for the next time that the token is loaded. */
const MAX_WAITING = 10_000;

// The digest that it had stays beside the new one for a day: processes that do not know the newest token secret find the token by it.
// A bcrypt hash does not: nobody needs it any more once the text was seen.
const REHASH = `
  update api_token_secrets set
    former_digest = case when digest_algorithm = 'bcrypt' then null else digest end,
    former_algorithm = case when digest_algorithm = 'bcrypt' then null else digest_algorithm end,
    former_version = case when digest_algorithm = 'bcrypt' then null else secret_version end,
    digest = $3, digest_algorithm = $4, secret_version = $5, rehashed_at = clock_timestamp()
  where id = $1 and secret_version = $2`;

export function createRehasher(pool: Pool, logger: DatabaseLogger): Rehasher {
  const waiting = new Map<number, { from: number; to: TokenDigest }>();
  let working: Promise<void> | null = null;
  let closed = false;

  async function work(): Promise<void> {
    for (const [secretId, { from, to }] of waiting) {
      if (closed) return;
      waiting.delete(secretId);
      const values = [secretId, from, Buffer.from(to.digest), to.algorithm, to.secretVersion];
      await pool.query(REHASH, values).catch((error: unknown) => {
        logger.warn({ error, secretId }, 'A digest could not be made anew; it will be tried again at the next use');
      });
    }
  }

  function start(): void {
    working ??= work().finally(() => {
      working = null;
      if (waiting.size > 0 && !closed) start();
    });
  }

  return {
    rehash(secretId, from, to) {
      if (closed || waiting.size >= MAX_WAITING) return;
      waiting.set(secretId, { from, to });
      start();
    },
    async close() {
      closed = true;
      await working;
    },
  };
}
