import type { PortalUsage } from '../schemas/portal.ts';
import { findOwnKey, toPortalKey } from './own-keys.ts';
import type { OwnerContext } from './portal-context.ts';

const HOUR_MS = 3_600_000;

/** Requests of one of the owner's keys by hour, hours without any included. */
export async function readOwnUsage(ctx: OwnerContext, { id, hours }: { id: number; hours: number }): Promise<PortalUsage> {
  const token = await findOwnKey(ctx, id);
  const to = (Math.floor(ctx.now() / HOUR_MS) + 1) * HOUR_MS;
  const points = await ctx.usage.readSeries({ tokenId: id, from: to - hours * HOUR_MS, to, bucket: 'hour', timeZone: 'UTC' });
  return {
    key: toPortalKey(ctx, token),
    points: points.map(({ at, requests, ok }) => ({ at, requests, ok, failed: requests - ok })),
  };
}
