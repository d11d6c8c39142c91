import { type OwnTokenParts, withTrueRemaining } from '@latchkey/api';
import { createTokenMint, type Guard, type QuotaKeeper, type TokenDigester } from '@latchkey/bearer-auth';
import { tellChanges } from '../gateway/tell-changes.ts';
import type { ServerOptions } from '../server-options.ts';

/** What tokens need that ask about themselves. */
export function ownTokenParts(
  { policy, database }: ServerOptions,
  digester: TokenDigester,
  guard: Guard,
  quota: QuotaKeeper,
): OwnTokenParts {
  return {
    tokens: withTrueRemaining(database.tokens, quota, Date.now),
    mint: createTokenMint(digester),
    policy,
    now: Date.now,
    tokensChanged: tellChanges(database, guard),
  };
}
