import type { TokenRecord } from '../token/token-record.ts';
import type { LimitClaim, NamedLimit, OwnerPools, RateLimit } from './rate-limit.ts';

type Limited = Pick<TokenRecord, 'id' | 'ownerType' | 'ownerId' | 'rateLimit' | 'limits'>;

/**
 * Every window that a request with this token draws from: its `rate_limit` (`default`), its named limits, and the pools of its owner.
 * All keys of one token begin with the same tag in braces – the owner where a pool is involved, else the token – which is what a cluster
 * places keys by, so that one script can see them all. Owner texts are percent-encoded: no owner reaches another's windows.
 */
export function claimsOf(token: Limited, pools: OwnerPools = {}): LimitClaim[] {
  const shared = poolsOf(pools, token.ownerType);
  const isPooled = shared.length > 0 && token.ownerId !== null;
  const owner = `{${encode(token.ownerType)}:${encode(token.ownerId)}}`;
  const own = isPooled ? `${owner}:${token.id}` : `{${token.id}}`;
  return [
    ...(token.rateLimit === null ? [] : [aClaim(own, 'default', token.rateLimit)]),
    ...token.limits.map((limit) => aClaim(own, limit.name, limit)),
    ...(isPooled ? shared.map((limit) => aClaim(owner, `pool:${limit.name}`, limit)) : []),
  ];
}

/** The pools for owners of a type; those of `*` where it has none, and none for tokens without an owner. */
export function poolsOf(pools: OwnerPools, ownerType: string | null): readonly NamedLimit[] {
  if (ownerType === null) return [];
  return (Object.hasOwn(pools, ownerType) ? pools[ownerType] : pools['*']) ?? [];
}

function aClaim(tag: string, name: string, { max, windowMs, algorithm }: RateLimit): LimitClaim {
  return { key: `${tag}:${name}`, name, limit: { max, windowMs, algorithm } };
}

/** Half of a surrogate pair has no encoding. */
function encode(text: string | null): string {
  return encodeURIComponent((text ?? '').toWellFormed());
}
