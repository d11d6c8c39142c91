import { nextRefillAt } from '@latchkey/core';
import type { TokenStore, TokenView } from '@latchkey/database';

/** What is leased of quotas and not spent (port; the server wires it to the guard's keeper). */
export interface QuotaLeases {
  /** A promise where others of this process have to be asked. */
  unspent(tokenId: number, epoch: number, refillAt: number | null): number | Promise<number>;
}

type QuotaFields = Pick<TokenView, 'id' | 'remaining' | 'refillAmount' | 'refillInterval' | 'lastRefillAt' | 'createdAt' | 'quotaEpoch'>;

/** When the quota of a token is refilled; `null`: never. */
export function refillAtOf({ refillInterval, lastRefillAt, createdAt }: QuotaFields): number | null {
  return nextRefillAt(Date.parse(lastRefillAt ?? createdAt), refillInterval);
}

/**
 * What is left of a quota as this process knows it: what the row has, and what this process leased of it and has not spent; all of
 * it again where a refill is due that no request has asked for yet.
 */
export async function trueRemaining(token: QuotaFields, leases: QuotaLeases, now: number): Promise<number | null> {
  if (token.remaining === null) return null;
  const refillAt = refillAtOf(token);
  if (refillAt !== null && now >= refillAt) return token.refillAmount;
  return token.remaining + (await leases.unspent(token.id, token.quotaEpoch, refillAt));
}

/** A token store whose tokens show what is really left of their quotas, whoever reads them. */
export function withTrueRemaining(tokens: TokenStore, leases: QuotaLeases, now: () => number): TokenStore {
  const show = async <View extends TokenView>(view: View): Promise<View> => ({
    ...view,
    remaining: await trueRemaining(view, leases, now()),
  });
  return {
    ...tokens,
    create: async (...input) => show(await tokens.create(...input)),
    get: async (id) => show(await tokens.get(id)),
    update: async (...input) => show(await tokens.update(...input)),
    revoke: async (...input) => show(await tokens.revoke(...input)),
    setTrial: async (...input) => show(await tokens.setTrial(...input)),
    enforceTrial: async (...input) => show(await tokens.enforceTrial(...input)),
    clearTrial: async (...input) => show(await tokens.clearTrial(...input)),
    async list(query) {
      const page = await tokens.list(query);
      return { ...page, tokens: await Promise.all(page.tokens.map(show)) };
    },
  };
}
