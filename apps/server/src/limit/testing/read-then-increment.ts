import type { Counter, LimitClaim, RateLimitState } from '@latchkey/core';
import type { Redis } from 'ioredis';

/** How not to do it: reads the count, decides, and increments it, in two steps. The control that shows a measurement can fail. */
export function createReadThenIncrement(client: Redis): Counter {
  async function take(claims: readonly LimitClaim[], cost: number, now: number): Promise<RateLimitState[]> {
    return Promise.all(claims.map((claim) => takeOne(claim, cost, now)));
  }

  async function takeOne({ key, name, limit }: LimitClaim, cost: number, now: number): Promise<RateLimitState> {
    const counted = Number((await client.get(`control:${key}`)) ?? 0);
    const allowed = counted + cost <= limit.max;
    if (allowed) {
      await client.incrby(`control:${key}`, cost);
      await client.pexpire(`control:${key}`, limit.windowMs);
    }
    const remaining = Math.max(0, limit.max - counted - (allowed ? cost : 0));
    const window = { name, limit: limit.max, windowMs: limit.windowMs, openedAt: now, resetAt: now + limit.windowMs };
    return { ...window, allowed, current: counted + cost, remaining };
  }

  return { take, peek: (claims, now) => take(claims, 0, now), giveBack: (claims, _taken, _cost, now) => take(claims, 0, now) };
}
