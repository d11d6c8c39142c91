import { resolveKeyConfiguration } from '@latchkey/core';
import type { TokenView } from '@latchkey/database';
import { claimsOfView } from '../limit/claims-of-view.ts';
import { toKeyRecord } from './key-record.ts';
import type { KeyRouteContext } from './key-route-context.ts';
import type { KeyRecord } from './key-schemas.ts';

/** A key as these routes show it, with what its rate limit has counted so far. Counts nothing. */
export async function readKeyRecord(ctx: KeyRouteContext, token: TokenView): Promise<KeyRecord> {
  return toKeyRecord(token, { requestCount: await countRequests(ctx, token), startLength: startLengthOf(ctx, token) });
}

/** How much of a key its configuration shows. A configuration that is gone shows what the default one does. */
export function startLengthOf({ keys }: KeyRouteContext, token: TokenView): number {
  return resolveKeyConfiguration(keys.configurations, token.configId)?.startLength ?? 0;
}

async function countRequests(ctx: KeyRouteContext, token: TokenView): Promise<number> {
  const windows = await ctx.counter.peek(claimsOfView(token, ctx.policy.pools), ctx.now());
  return windows.find(({ name }) => name === 'default')?.current ?? 0;
}
