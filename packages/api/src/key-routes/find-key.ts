import { configIdsMatch, type KeyConfiguration, OperationError, resolveKeyConfiguration } from '@latchkey/core';
import type { TokenView } from '@latchkey/database';
import { tokenIdSchema } from '../schemas/common.ts';
import { KeyError } from './key-error.ts';
import { type KeyRouteContext, requireConfiguration, requireUserId } from './key-route-context.ts';

/** How a call names a key. */
export interface KeyName {
  readonly id: string;
  readonly configId?: string | null | undefined;
  readonly userId?: string | undefined;
}

/** A key and the configuration it was made under. */
export interface FoundKey {
  readonly token: TokenView;
  readonly configuration: KeyConfiguration;
}

/**
 * The key that a call is about. `KEY_NOT_FOUND` for one that does not exist, is somebody else's, or is of another configuration than
 * the one named (S3-094): who asks learns no more.
 */
export async function findKey(ctx: KeyRouteContext, name: KeyName): Promise<FoundKey> {
  const userId = requireUserId(ctx, name.userId);
  const asked = requireConfiguration(ctx, name.configId);
  const token = await readToken(ctx, parseKeyId(name.id));
  if (token === null) throw new KeyError('KEY_NOT_FOUND');
  if (!configIdsMatch(token.configId, asked.configId) || !isOwn(ctx, token, userId)) throw new KeyError('KEY_NOT_FOUND');
  return { token, configuration: resolveKeyConfiguration(ctx.keys.configurations, token.configId) ?? asked };
}

/** A malformed id is an id that nobody has. */
function parseKeyId(text: string): number {
  const id = /^[1-9]\d{0,9}$/.test(text) ? Number(text) : Number.NaN;
  if (!tokenIdSchema.safeParse(id).success) throw new KeyError('KEY_NOT_FOUND');
  return id;
}

/** A token by its id, `null` where there is none. */
export async function readToken(ctx: KeyRouteContext, id: number): Promise<TokenView | null> {
  try {
    return await ctx.tokens.get(id);
  } catch (error) {
    if (error instanceof OperationError && error.code === 'NOT_FOUND') return null;
    throw error;
  }
}

/** Keys of an organization are for administrators: who belongs to it is not known here. */
function isOwn({ account }: KeyRouteContext, token: TokenView, userId: string): boolean {
  if (token.ownerType === 'organization') return account?.role === 'admin';
  return token.ownerType === 'user' && token.ownerId === userId;
}
