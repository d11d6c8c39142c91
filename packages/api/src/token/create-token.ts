import type { Actor } from '@latchkey/database';
import type { ApiContext } from '../context.ts';
import type { CreateTokenInput } from '../schemas/token.ts';
import { issueToken } from './issue-token.ts';

const SAVE_IT = 'API token created successfully. Save this token securely - it cannot be retrieved later.';

/** Makes a token for an administrator. Its plain text is in this answer and nowhere else. */
export async function createToken(ctx: ApiContext & { actor: Actor }, input: CreateTokenInput) {
  const { ownerType, ownerId, expiresAt, expiresIn, expiresAtPreset, ...same } = input;
  const owner = ownerType && ownerId ? { type: ownerType, id: ownerId } : null;
  const expiry = { expiresAt, expiresIn, preset: expiresAtPreset };
  const { token, text } = await issueToken(ctx, { ...same, owner, expiry }, ctx.actor);
  return { token: { ...token, token: text }, message: SAVE_IT };
}
