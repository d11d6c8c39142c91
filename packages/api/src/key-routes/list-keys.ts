import { isDefaultConfigId } from '@latchkey/core';
import type { TokenQuery, TokenSort } from '@latchkey/database';
import { KeyError } from './key-error.ts';
import { type KeyRouteContext, requireAccount, requireConfiguration, requireUserId, scheduleCleanup } from './key-route-context.ts';
import type { KeyList, ListKeysQuery } from './key-schemas.ts';
import { readKeyRecord } from './read-key-record.ts';

const LARGEST_PAGE = 1_000;

const SORTS = {
  id: 'id',
  name: 'name',
  enabled: 'status',
  rateLimitMax: 'rate_limit',
  expiresAt: 'expires_at',
  lastRequest: 'last_used_at',
  createdAt: 'created_at',
} as const satisfies Record<NonNullable<ListKeysQuery['sortBy']>, TokenSort>;

/** The caller's keys, or those of an organization (S3-008, S3-070…080, C-11). In the order they were made, unless a sort is named. */
export async function listKeys(ctx: KeyRouteContext, query: ListKeysQuery): Promise<KeyList> {
  const { limit = null, offset = null } = query;
  const owner = ownerOf(ctx, query);
  const configuration = requireConfiguration(ctx, query.configId);
  const page = await ctx.tokens.list({ ...toTokenQuery(query), owner });
  await scheduleCleanup(ctx, configuration);
  const apiKeys = await Promise.all(page.tokens.map((token) => readKeyRecord(ctx, token)));
  return { apiKeys, total: page.total, limit, offset };
}

function ownerOf(ctx: KeyRouteContext, { organizationId, userId }: ListKeysQuery): { type: string; id: string } {
  const account = requireAccount(ctx);
  if (!organizationId) return { type: 'user', id: requireUserId(ctx, userId) };
  if (account.role !== 'admin') throw new KeyError('USER_NOT_MEMBER_OF_ORGANIZATION');
  return { type: 'organization', id: organizationId };
}

function toTokenQuery({ configId, limit = LARGEST_PAGE, offset = 0, sortBy, sortDirection = 'asc' }: ListKeysQuery): TokenQuery {
  return {
    limit,
    offset,
    sort: SORTS[sortBy ?? 'id'],
    order: sortDirection,
    // No filter without an id: the keys of all configurations.
    ...(configId ? { configId: isDefaultConfigId(configId) ? 'default' : configId } : {}),
  };
}
