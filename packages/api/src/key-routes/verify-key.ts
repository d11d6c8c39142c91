import { type DenialReason, isDefaultConfigId, resolveKeyConfiguration } from '@latchkey/core';
import { readToken } from './find-key.ts';
import { API_KEY_ERROR_CODES, KeyError, type KeyErrorCode } from './key-error.ts';
import { type KeyRouteContext, requireAdministrator, requireConfiguration, scheduleCleanup } from './key-route-context.ts';
import type { KeyVerification, VerifyKeyBody } from './key-schemas.ts';
import { readKeyRecord } from './read-key-record.ts';

/** What the guard's reasons are called here. A reason that is missing is one that a key by itself can not be refused for. */
const CODES: Partial<Record<DenialReason, KeyErrorCode>> = {
  revoked: 'KEY_DISABLED',
  disabled: 'KEY_DISABLED',
  not_yet_valid: 'KEY_DISABLED',
  expired: 'KEY_EXPIRED',
  secret_rotated: 'KEY_EXPIRED',
  insufficient_permission: 'KEY_NOT_FOUND',
  rate_limited: 'RATE_LIMITED',
  usage_exceeded: 'USAGE_EXCEEDED',
};

/**
 * Judges a key as a request that comes with it would be, and counts it like one (S3-004, S3-056…064). A bad key is an answer, not an
 * error: `valid` is false and `error` says why (C-07). For administrators (G-15).
 */
export async function verifyKey(ctx: KeyRouteContext, body: VerifyKeyBody): Promise<KeyVerification> {
  requireAdministrator(ctx);
  const asked = requireConfiguration(ctx, body.configId);
  const verdict = await ctx.keys.verify({
    text: body.key,
    configId: toConfigId(body.configId),
    permissions: body.permissions ?? null,
    ip: body.ipAddress ?? null,
    requestId: ctx.requestId,
    userAgent: ctx.userAgent,
  });
  const own = verdict.kind === 'valid' ? resolveKeyConfiguration(ctx.keys.configurations, verdict.token.configId) : null;
  await scheduleCleanup(ctx, own ?? asked);
  if (verdict.kind === 'refused') return refusal(verdict.reason, verdict.retryAfterMs);
  const token = await readToken(ctx, verdict.token.id);
  // Deleted between the two looks at it.
  if (token === null) return refusal('unknown', null);
  const key = await readKeyRecord(ctx, token);
  return { valid: true, error: null, key: { ...key, lastRequest: new Date(ctx.now()).toISOString() } };
}

/** `null`: a key of any configuration will do. */
function toConfigId(configId: string | null | undefined): string | null {
  if (configId === null || configId === undefined) return null;
  return isDefaultConfigId(configId) ? 'default' : configId;
}

function refusal(reason: DenialReason, retryAfterMs: number | null): KeyVerification {
  if (reason === 'temporarily_unavailable' || reason === 'spool_full') throw new KeyError('TEMPORARILY_UNAVAILABLE');
  const code = CODES[reason] ?? 'INVALID_API_KEY';
  const details = retryAfterMs === null ? {} : { details: { tryAgainIn: retryAfterMs } };
  return { valid: false, error: { code, message: API_KEY_ERROR_CODES[code].message, ...details }, key: null };
}
