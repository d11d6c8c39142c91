import type { CreateTokenInput } from '@latchkey/api/schemas';
import type { Call } from '../program/call.ts';
import type { Owner } from './parse-access.ts';
import type { NamedLimit, Refill } from './parse-limit.ts';
import { describeToken } from './token-text.ts';

export interface CreateOptions {
  readonly description?: string;
  readonly environment?: string;
  readonly keyType?: string;
  readonly owner?: Owner;
  readonly scope?: readonly string[];
  readonly permission?: Record<string, string[]>;
  readonly metadata?: Record<string, unknown>;
  readonly endpoint?: readonly string[];
  readonly rateLimit?: number;
  /** Seconds. */
  readonly window?: number;
  readonly algorithm?: CreateTokenInput['rateLimitAlgorithm'];
  readonly limit?: readonly NamedLimit[];
  readonly allowIp?: readonly string[];
  readonly quota?: number;
  readonly refill?: Refill;
  readonly expiresAt?: string;
  /** Seconds. */
  readonly expiresIn?: number;
  readonly preset?: string;
  readonly notBefore?: string;
}

/** The secret goes to standard output and stands there alone; what there is to say about it goes to standard error. */
export async function createToken(call: Call, [name = '']: readonly string[], options: CreateOptions): Promise<void> {
  const client = await call.connect();
  const { token } = await client.token.create.mutate(toInput(name, options));
  const { output } = call;
  if (output.json) output.value({ token });
  else output.line(token.token);
  output.note(`Created ${describeToken(token)}. This is the only time its secret is shown: store it now.`);
}

function toInput(name: string, options: CreateOptions): CreateTokenInput {
  const { description, environment, keyType, owner, scope, endpoint, rateLimit, window, algorithm } = options;
  return {
    name,
    description,
    environment,
    keyType,
    ownerType: owner?.type,
    ownerId: owner?.id,
    scopes: scope === undefined ? undefined : [...scope],
    permissions: options.permission,
    metadata: options.metadata,
    rateLimit,
    rateLimitWindowMs: window === undefined ? undefined : window * 1_000,
    rateLimitAlgorithm: algorithm,
    limits: options.limit?.map((limit) => ({ ...limit, algorithm: algorithm ?? 'fixed' })),
    allowedIps: options.allowIp === undefined ? undefined : [...options.allowIp],
    remaining: options.quota,
    refillAmount: options.refill?.amount,
    refillInterval: options.refill?.intervalMs,
    allowedEndpoints: endpoint === undefined ? undefined : [...endpoint],
    expiresAt: options.expiresAt,
    expiresIn: options.expiresIn,
    expiresAtPreset: options.preset,
    notBefore: options.notBefore,
  };
}
