import type { KeyConfiguration } from '@latchkey/core';
import { actorOf } from '../context.ts';
import { issueToken, type TokenRequest } from '../token/issue-token.ts';
import { KeyError } from './key-error.ts';
import { toKeyRecord } from './key-record.ts';
import { type KeyRouteContext, requireAccount, requireConfiguration, requireUserId, scheduleCleanup } from './key-route-context.ts';
import { checkExpiresIn, checkName, checkPrefix, checkRefill, parseMetadata, refuseServerOnly } from './key-rules.ts';
import type { CreatedKey, CreateKeyBody } from './key-schemas.ts';

/** Makes a key (S3-003, S3-011…026). Its text is in this answer and nowhere else. */
export async function createKey(ctx: KeyRouteContext, body: CreateKeyBody): Promise<CreatedKey> {
  const account = requireAccount(ctx);
  const configuration = requireConfiguration(ctx, body.configId);
  refuseServerOnly(ctx.isTrusted, { ...body, remaining: body.remaining ?? undefined });
  const owner = ownerOf(ctx, configuration, body);
  const request = toTokenRequest(configuration, body);
  await scheduleCleanup(ctx, configuration);
  const { token, text } = await issueToken(ctx, { ...request, owner }, actorOf(ctx, account));
  return { ...toKeyRecord(token, { requestCount: 0, startLength: configuration.startLength }), key: text };
}

/** A configuration says whether users or organizations own its keys; who belongs to an organization only administrators can know. */
function ownerOf(ctx: KeyRouteContext, { references }: KeyConfiguration, body: CreateKeyBody): { type: string; id: string } {
  const userId = requireUserId(ctx, body.userId);
  if (references === 'user') return { type: 'user', id: userId };
  if (!body.organizationId) throw new KeyError('ORGANIZATION_ID_REQUIRED');
  if (ctx.account?.role !== 'admin') throw new KeyError('USER_NOT_MEMBER_OF_ORGANIZATION');
  return { type: 'organization', id: body.organizationId };
}

function toTokenRequest(configuration: KeyConfiguration, body: CreateKeyBody): TokenRequest {
  const { rateLimit, defaultPermissions } = configuration;
  const metadata = chooseMetadata(configuration, body.metadata);
  checkRefill(body);
  const expiresIn = chooseExpiresIn(configuration, body.expiresIn ?? null);
  if (body.prefix !== undefined) checkPrefix(configuration, body.prefix);
  return {
    name: chooseName(configuration, body.name ?? ''),
    configId: configuration.configId,
    prefix: body.prefix ?? configuration.defaultPrefix ?? '',
    startLength: configuration.startLength,
    purgeable: true,
    permissions: body.permissions ?? defaultPermissions,
    rateLimit: body.rateLimitMax ?? rateLimit.max,
    rateLimitWindowMs: body.rateLimitTimeWindow ?? rateLimit.windowMs,
    rateLimitEnabled: body.rateLimitEnabled ?? rateLimit.enabled,
    remaining: body.remaining ?? null,
    refillAmount: body.refillAmount ?? null,
    refillInterval: body.refillInterval ?? null,
    ...(expiresIn === null ? {} : { expiry: { expiresIn } }),
    metadata,
  };
}

function chooseMetadata({ metadataEnabled }: KeyConfiguration, metadata: unknown): Record<string, unknown> | null {
  if (metadata === undefined || metadata === null) return null;
  if (!metadataEnabled) throw new KeyError('METADATA_DISABLED');
  return parseMetadata(metadata);
}

/** Seconds; `null`: neither the caller nor the configuration says anything. */
function chooseExpiresIn(configuration: KeyConfiguration, seconds: number | null): number | null {
  if (seconds === null) return configuration.expiry.defaultSeconds;
  checkExpiresIn(configuration, seconds);
  return seconds;
}

function chooseName(configuration: KeyConfiguration, name: string): string | null {
  if (name !== '') return checkName(configuration, name);
  if (configuration.requireName) throw new KeyError('NAME_REQUIRED');
  return null;
}
