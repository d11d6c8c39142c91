import { type OwnTokenParts, withTrueRemaining } from '@latchkey/api';
import { createTokenMint, type TokenDigester } from '@latchkey/bearer-auth';
import type { Gateway } from '../gateway/open-gateway.ts';
import { tellChanges } from '../gateway/tell-changes.ts';
import type { ServerOptions } from '../server-options.ts';
import { allLeases } from '../thread/all-leases.ts';

/** What tokens need that ask about themselves. */
export function ownTokenParts(
  { policy, database }: ServerOptions,
  digester: TokenDigester,
  { guard, quota, counter, threads }: Pick<Gateway, 'guard' | 'quota' | 'counter' | 'threads'>,
): OwnTokenParts {
  return {
    tokens: withTrueRemaining(database.tokens, allLeases(quota, threads), Date.now),
    mint: createTokenMint(digester),
    usage: database.usage,
    counter: counter.counter,
    policy,
    now: Date.now,
    tokensChanged: tellChanges(database, { guard, threads }),
  };
}
