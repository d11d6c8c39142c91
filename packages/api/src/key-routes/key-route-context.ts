import {
  type DenialReason,
  type KeyConfiguration,
  type Permissions,
  type RateLimitState,
  resolveKeyConfiguration,
  type TokenRecord,
} from '@latchkey/core';
import type { Account, ApiContext } from '../context.ts';
import type { ExpiredKeyCleanup } from './expired-key-cleanup.ts';
import { KeyError } from './key-error.ts';

/** Judges a key as the guard judges a request that comes with it (port; the server wires it to `bearer-auth`). Never rejects. */
export type KeyVerifier = (inquiry: {
  readonly text: string;
  readonly configId: string | null;
  readonly permissions: Permissions | null;
  readonly ip: string | null;
  readonly requestId: string;
  readonly userAgent: string | null;
}) => Promise<KeyVerdict>;

export type KeyVerdict =
  | { readonly kind: 'valid'; readonly token: TokenRecord; readonly limit: RateLimitState | null }
  | { readonly kind: 'refused'; readonly reason: DenialReason; readonly retryAfterMs: number | null };

/** What the key routes need beside the parts of all procedures. */
export interface KeyRouteParts {
  readonly configurations: readonly KeyConfiguration[];
  readonly verify: KeyVerifier;
  readonly cleanup: ExpiredKeyCleanup;
  /** Runs a task once the answer has left (S3-105); `null`: nobody can, and it runs at once. */
  readonly defer: ((label: string, task: () => Promise<void>) => void) | null;
  /** Absent, or without an `error` method: nothing is logged (S3-092). */
  readonly logger?: { readonly error?: (message: string) => void } | undefined;
}

/** One call on the key routes. */
export interface KeyRouteContext extends ApiContext {
  readonly keys: KeyRouteParts;
  /** Whether it came with an administrator's JWT: a server, which may set what clients may not (C-13). */
  readonly isTrusted: boolean;
}

/** Who is signed in. */
export function requireAccount({ account }: KeyRouteContext): Account {
  if (account === null) throw new KeyError('UNAUTHORIZED_SESSION');
  return account;
}

/** For calls that concern everybody's keys (G-15). */
export function requireAdministrator(ctx: KeyRouteContext): Account {
  const account = requireAccount(ctx);
  if (account.role !== 'admin') throw new KeyError('FORBIDDEN');
  return account;
}

/** The user whose keys a call is about: whoever calls, or whom a server names (S3-023). */
export function requireUserId(ctx: KeyRouteContext, userId: string | undefined): string {
  const account = requireAccount(ctx);
  if (userId === undefined || userId === account.id) return account.id;
  if (!ctx.isTrusted) throw new KeyError('UNAUTHORIZED_SESSION');
  return userId;
}

/** The configuration of a call; an unknown one without a default is logged and refused (S3-083…092). */
export function requireConfiguration({ keys }: Pick<KeyRouteContext, 'keys'>, configId: string | null | undefined): KeyConfiguration {
  const configuration = resolveKeyConfiguration(keys.configurations, configId);
  if (configuration !== null) return configuration;
  keys.logger?.error?.(`There is no API key configuration ${JSON.stringify(configId)}, and none called "default".`);
  throw new KeyError('NO_DEFAULT_API_KEY_CONFIGURATION_FOUND');
}

/** Removes expired keys as a side effect (S3-104): after the answer where the configuration says so and somebody can, else at once (S3-105, S3-106). */
export async function scheduleCleanup({ keys }: Pick<KeyRouteContext, 'keys'>, configuration: KeyConfiguration): Promise<void> {
  if (configuration.deferUpdates && keys.defer !== null) keys.defer('Deferred API key cleanup', () => keys.cleanup.run());
  else await keys.cleanup.run();
}
