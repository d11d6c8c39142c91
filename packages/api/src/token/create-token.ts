import { DEFAULT_RATE_LIMIT, OperationError, parseExpiry } from '@latchkey/core';
import type { Actor } from '@latchkey/database';
import type { ApiContext } from '../context.ts';
import type { CreateTokenInput } from '../schemas/token.ts';

const SAVE_IT = 'API token created successfully. Save this token securely - it cannot be retrieved later.';

/** Makes a token. Its plain text is in this answer and nowhere else. */
export async function createToken(ctx: ApiContext & { actor: Actor }, input: CreateTokenInput) {
  const environment = input.environment ?? 'live';
  const prefix = `lk_${environment}_`;
  const text = ctx.mint.generate(prefix);
  const { digest, algorithm, secretVersion } = ctx.mint.digest(text);
  const view = await ctx.tokens.create(
    {
      name: input.name,
      description: input.description ?? null,
      environment,
      prefix,
      start: text.slice(0, 6),
      last4: text.slice(-4),
      digest,
      digestAlgorithm: algorithm,
      secretVersion,
      allowedEndpoints: input.allowedEndpoints ?? null,
      rateLimit: input.rateLimit ?? DEFAULT_RATE_LIMIT.max,
      rateLimitWindowMs: input.rateLimitWindowMs ?? DEFAULT_RATE_LIMIT.windowMs,
      rateLimitAlgorithm: input.rateLimitAlgorithm ?? DEFAULT_RATE_LIMIT.algorithm,
      expiresAt: futureExpiry(input.expiresAt ?? null, ctx.now()),
    },
    ctx.actor,
  );
  await ctx.tokensChanged([view.id]);
  return { token: { ...view, token: text }, message: SAVE_IT };
}

function futureExpiry(text: string | null, now: number): number | null {
  if (text === null) return null;
  const at = parseExpiry(text);
  if (at === null || at <= now) {
    const message = 'expires_at must lie in the future. A date without a time means the start of that day, UTC.';
    throw new OperationError('VALIDATION_ERROR', 'Invalid input', [{ path: 'expiresAt', message }]);
  }
  return at;
}
