import { type AccessRequest, decide, loadToken, type TokenPolicy, type TokenRecord } from '@latchkey/core';
import type { TokenView } from '@latchkey/database';
import type { ApiContext } from '../context.ts';
import type { Introspection } from '../schemas/introspection.ts';
import { nullIfGone } from './null-if-gone.ts';

const INACTIVE: Introspection = { active: false };

/**
 * What a token is worth by itself (RFC 7662): whether the guard would go on to ask for its address, its endpoint, its scopes and its
 * limits. Counts nothing, records nothing, and says nothing of a token that is not good.
 */
export async function introspectToken(ctx: ApiContext, text: string): Promise<Introspection> {
  const record = await ctx.findToken(text);
  if (record === null || !isGood(record, ctx.policy, ctx.now())) return INACTIVE;
  const view = await ctx.tokens.get(record.id).catch(nullIfGone);
  return view === null ? INACTIVE : describe(record, view);
}

/** The one decision, asked without a request. */
function isGood(record: TokenRecord, policy: TokenPolicy, now: number): boolean {
  const request: AccessRequest = {
    method: 'POST',
    path: null,
    ip: null,
    environment: policy.strictEnvironmentIsolation ? policy.currentEnvironment : null,
    configId: null,
    requiredScopes: [],
    requiredPermissions: null,
  };
  // From where it is used is not known here.
  return decide(loadToken({ ...record, allowedIps: null }), request, now).kind === 'allow';
}

function describe(record: TokenRecord, view: TokenView): Introspection {
  const own = `token:${record.id}`;
  const ends = [record.expiresAt, record.secretExpiresAt].filter((end) => end !== null);
  return {
    active: true,
    ...(record.scopes.length > 0 && { scope: record.scopes.map(scopeText).join(' ') }),
    clientId: own,
    tokenType: 'Bearer',
    ...(ends.length > 0 && { exp: toSeconds(Math.min(...ends)) }),
    iat: toSeconds(Date.parse(view.createdAt)),
    ...(record.notBefore !== null && { nbf: toSeconds(record.notBefore) }),
    sub: record.ownerType !== null && record.ownerId !== null ? `${record.ownerType}:${record.ownerId}` : own,
    jti: String(record.id),
    ...(view.permissions !== null && { permissions: view.permissions }),
    ...(view.allowedEndpoints !== null && view.allowedEndpoints.length > 0 && { allowedEndpoints: view.allowedEndpoints }),
    ...(record.environment !== null && { environment: record.environment }),
  };
}

/** A scope of ours is free text; RFC 6749 §3.3 has printable ASCII without quote, backslash and the space between two of them. */
function scopeText(scope: string): string {
  return scope.toWellFormed().replace(/[^\x21\x23-\x5b\x5d-\x7e]|%/gu, (character) => encodeURIComponent(character));
}

function toSeconds(at: number): number {
  return Math.floor(at / 1000);
}
