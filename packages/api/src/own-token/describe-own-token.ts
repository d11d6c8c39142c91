import { readLimitStatus } from '../limit/read-limit-status.ts';
import type { OwnTokenState } from '../schemas/own-token.ts';
import type { OwnTokenContext } from './own-token-context.ts';

const HOUR_MS = 3_600_000;
const HOURS = 24;

/** Looks at everything, and counts nothing. */
export async function describeOwnToken(ctx: OwnTokenContext): Promise<OwnTokenState> {
  const { id: tokenId, secretExpiresAt } = ctx.caller;
  const [token, { windows, quota }, last24h] = await Promise.all([
    ctx.tokens.get(tokenId),
    readLimitStatus(ctx, tokenId),
    readLastDay(ctx),
  ]);
  const { id, name, status, prefix, start, last4, keyType, environment, scopes, permissions, allowedEndpoints, allowedIps } = token;
  const { notBefore, expiresAt, lastUsedAt, createdAt, updatedAt } = token;
  return {
    ...{ id, name, status, prefix, start, last4, keyType, environment, scopes, permissions, allowedEndpoints, allowedIps },
    ...{ notBefore, expiresAt, lastUsedAt, createdAt, updatedAt },
    secretExpiresAt: secretExpiresAt === null ? null : new Date(secretExpiresAt).toISOString(),
    limits: windows,
    quota,
    last24h,
  };
}

async function readLastDay(ctx: OwnTokenContext): Promise<OwnTokenState['last24h']> {
  const to = (Math.floor(ctx.now() / HOUR_MS) + 1) * HOUR_MS;
  const from = to - HOURS * HOUR_MS;
  const points = await ctx.usage.readSeries({ tokenId: ctx.caller.id, from, to, bucket: 'hour', timeZone: 'UTC' });
  const byHour = points.map(({ at, requests, ok }) => ({
    hour: at,
    requests,
    successfulRequests: ok,
    failedRequests: requests - ok,
  }));
  const sum = (of: 'requests' | 'successfulRequests' | 'failedRequests') => byHour.reduce((total, hour) => total + hour[of], 0);
  return {
    requests: sum('requests'),
    successfulRequests: sum('successfulRequests'),
    failedRequests: sum('failedRequests'),
    byHour,
  };
}
