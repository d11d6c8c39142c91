import type { KeyConfiguration } from '@latchkey/core';
import { KeyError } from './key-error.ts';

/** A name needs a character that can be seen. */
const VISIBLE = /[^\s\p{C}\p{Z}]/u;
const SECONDS_A_DAY = 86_400;

/** Members that decide how much a key may be used: never a client's to set (C-13). */
export interface ServerOnly {
  readonly remaining?: unknown;
  readonly refillAmount?: unknown;
  readonly refillInterval?: unknown;
  readonly rateLimitMax?: unknown;
  readonly rateLimitTimeWindow?: unknown;
  readonly rateLimitEnabled?: unknown;
  readonly permissions?: unknown;
}

export function refuseServerOnly(isTrusted: boolean, body: ServerOnly): void {
  const { remaining, refillAmount, refillInterval, rateLimitMax, rateLimitTimeWindow, rateLimitEnabled, permissions } = body;
  const given = [remaining, refillAmount, refillInterval, rateLimitMax, rateLimitTimeWindow, rateLimitEnabled, permissions];
  if (!isTrusted && given.some((value) => value !== undefined)) throw new KeyError('SERVER_ONLY_PROPERTY');
}

/** Amount and interval of a refill: both or neither. */
export function checkRefill({
  refillAmount,
  refillInterval,
}: {
  refillAmount?: number | undefined;
  refillInterval?: number | undefined;
}): void {
  if (refillAmount !== undefined && refillInterval === undefined) throw new KeyError('REFILL_AMOUNT_AND_INTERVAL_REQUIRED');
  if (refillInterval !== undefined && refillAmount === undefined) throw new KeyError('REFILL_INTERVAL_AND_AMOUNT_REQUIRED');
}

/** Seconds that a caller asks a key to live, against the shortest and longest life in days. */
export function checkExpiresIn({ expiry }: KeyConfiguration, seconds: number): void {
  if (!expiry.customAllowed) throw new KeyError('KEY_DISABLED_EXPIRATION');
  if (seconds < expiry.minDays * SECONDS_A_DAY) throw new KeyError('EXPIRES_IN_IS_TOO_SMALL');
  if (seconds > expiry.maxDays * SECONDS_A_DAY) throw new KeyError('EXPIRES_IN_IS_TOO_LARGE');
}

export function checkPrefix({ prefixLength }: KeyConfiguration, prefix: string): void {
  if (prefix.length < prefixLength.min || prefix.length > prefixLength.max) throw new KeyError('INVALID_PREFIX_LENGTH');
}

/** The name as it is kept. */
export function checkName({ nameLength }: KeyConfiguration, name: string): string {
  if (name.length < nameLength.min || name.length > nameLength.max) throw new KeyError('INVALID_NAME_LENGTH');
  if (!VISIBLE.test(name)) throw new KeyError('INVALID_NAME_LENGTH', 'The name must not be blank.');
  return name;
}

/** Metadata as it is kept: an object. */
export function parseMetadata(metadata: unknown): Record<string, unknown> {
  if (metadata === null || typeof metadata !== 'object' || Array.isArray(metadata)) throw new KeyError('INVALID_METADATA_TYPE');
  return { ...metadata };
}
