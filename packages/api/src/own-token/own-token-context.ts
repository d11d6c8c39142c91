import type { TokenRecord } from '@latchkey/core';
import type { Actor } from '@latchkey/database';
import type { ApiParts } from '../context.ts';

/** What tokens need to manage tokens, and to ask about themselves. */
export type OwnTokenParts = Pick<ApiParts, 'tokens' | 'mint' | 'policy' | 'now' | 'tokensChanged' | 'usage' | 'counter'>;

/** One call that a token makes about tokens of its own owner. The guard has let it in. */
export interface OwnTokenContext extends OwnTokenParts {
  readonly caller: TokenRecord;
  readonly requestId: string;
  readonly ipAddress: string | null;
  readonly userAgent: string | null;
}

/** The audit's view of a token that acts: `token 12 (Billing service)`. */
export function callerActor({ caller, ipAddress, userAgent }: OwnTokenContext): Actor {
  const name = `token ${caller.id} (${caller.name ?? 'Unnamed token'})`;
  return { id: `token:${caller.id}`, name, ipAddress, userAgent };
}
