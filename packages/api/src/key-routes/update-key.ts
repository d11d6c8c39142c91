import { chooseExpiry, type ExpiryPolicy, type KeyConfiguration } from '@latchkey/core';
import type { TokenPatch } from '@latchkey/database';
import { actorOf } from '../context.ts';
import { findKey } from './find-key.ts';
import { KeyError } from './key-error.ts';
import { type KeyRouteContext, requireAccount, requireUserId, scheduleCleanup } from './key-route-context.ts';
import { checkExpiresIn, checkName, checkRefill, parseMetadata, refuseServerOnly } from './key-rules.ts';
import type { KeyRecord, UpdateKeyBody } from './key-schemas.ts';
import { readKeyRecord } from './read-key-record.ts';

/** Changes what the body names of one of the caller's keys: absent = unchanged, `null` = cleared (S3-006, S3-027…032, C-06). */
export async function updateKey(ctx: KeyRouteContext, body: UpdateKeyBody): Promise<KeyRecord> {
  const account = requireAccount(ctx);
  requireUserId(ctx, body.userId);
  refuseServerOnly(ctx.isTrusted, body);
  const { token, configuration } = await findKey(ctx, { id: body.keyId, configId: body.configId, userId: body.userId });
  const patch = toPatch(configuration, body, { policy: ctx.policy.expiry, now: ctx.now() });
  if (Object.keys(patch).length === 0) throw new KeyError('NO_VALUES_TO_UPDATE');
  const changed = await ctx.tokens.update(token.id, patch, actorOf(ctx, account));
  await ctx.tokensChanged([token.id]);
  await scheduleCleanup(ctx, configuration);
  return readKeyRecord(ctx, changed);
}

interface Life {
  readonly policy: ExpiryPolicy;
  readonly now: number;
}

function toPatch(configuration: KeyConfiguration, body: UpdateKeyBody, life: Life): TokenPatch {
  checkRefill(body);
  const patch: TokenPatch = {};
  if (body.name !== undefined) patch.name = checkName(configuration, body.name);
  if (body.enabled !== undefined) patch.active = body.enabled;
  if (body.expiresIn !== undefined) patch.expiresAt = chooseExpiresAt(configuration, body.expiresIn, life);
  // Where keys carry no metadata, an update that names some is not refused for it.
  if (body.metadata !== undefined && configuration.metadataEnabled)
    patch.metadata = body.metadata === null ? null : parseMetadata(body.metadata);
  if (body.permissions !== undefined) patch.permissions = body.permissions;
  if (body.remaining !== undefined) patch.remaining = body.remaining;
  if (body.refillAmount !== undefined) patch.refillAmount = body.refillAmount;
  if (body.refillInterval !== undefined) patch.refillInterval = body.refillInterval;
  if (body.rateLimitEnabled !== undefined) patch.rateLimitEnabled = body.rateLimitEnabled;
  if (body.rateLimitMax !== undefined) patch.rateLimit = body.rateLimitMax;
  if (body.rateLimitTimeWindow !== undefined) patch.rateLimitWindowMs = body.rateLimitTimeWindow;
  return patch;
}

/** Within the bounds of the configuration, and within those of the deployment. */
function chooseExpiresAt(configuration: KeyConfiguration, seconds: number | null, { policy, now }: Life): number | null {
  if (seconds !== null) checkExpiresIn(configuration, seconds);
  else if (!configuration.expiry.customAllowed) throw new KeyError('KEY_DISABLED_EXPIRATION');
  const choice = chooseExpiry(policy, { expiresIn: seconds }, now);
  if (!choice.ok) throw new KeyError('EXPIRES_IN_IS_TOO_LARGE', choice.message);
  return choice.expiresAt;
}
