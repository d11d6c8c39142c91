import type { Token } from '@latchkey/api/schemas';
import { formatDuration, formatNumber } from '../terminal/format.ts';
import { maskOf, nameOf } from './token-text.ts';

/** `tokens show`. */
export function tokenFields(token: Token): [label: string, value: string | number | null][] {
  const { rateLimit, rateLimitWindowMs, rateLimitAlgorithm } = token;
  const limit = `${formatNumber(rateLimit ?? 0)} per ${formatDuration(rateLimitWindowMs)} (${rateLimitAlgorithm})`;
  return [
    ['Id', token.id],
    ['Name', nameOf(token)],
    ['Description', token.description],
    ['Token', maskOf(token)],
    ['Status', token.status],
    ['Health', token.health],
    ['Environment', token.environment],
    ['Key type', token.keyType],
    ['Owner', token.ownerType === null ? null : `${token.ownerType}:${token.ownerId}`],
    ['Endpoints', token.allowedEndpoints?.join(' | ') || 'all'],
    ['Scopes', token.scopes.join(' ') || null],
    ['Permissions', formatPermissions(token.permissions)],
    ['Rate limit', token.rateLimitEnabled && rateLimit !== null ? limit : 'none'],
    ['Further limits', token.limits.map(({ name, max, windowMs }) => `${name}=${max}/${formatDuration(windowMs)}`).join(' | ') || null],
    ['Addresses', token.allowedIps?.join(' ') || 'any'],
    ['Quota remaining', token.remaining],
    ['Requests 24 h', token.requests24h],
    ['Failed 24 h', token.failed24h],
    ['Requests 7 d', token.requests7d],
    ['Requests', token.totalRequests],
    ['Last used', token.lastUsedAt],
    ['Expires', token.expiresAt],
    ['Revoked', token.revokedAt],
    ['Created', token.createdAt],
    ['Created by', token.createdBy],
    ['Changed', token.updatedAt],
  ];
}

function formatPermissions(permissions: Token['permissions']): string | null {
  if (permissions === null) return null;
  return Object.entries(permissions)
    .map(([resource, actions]) => `${resource}:${actions.join(',')}`)
    .join(' ');
}
