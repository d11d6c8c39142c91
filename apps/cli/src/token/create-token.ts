import type { CreateTokenInput } from '@latchkey/api/schemas';
import type { Call } from '../program/call.ts';
import { describeToken } from './token-text.ts';

export interface CreateOptions {
  readonly description?: string;
  readonly environment?: CreateTokenInput['environment'];
  readonly endpoint?: readonly string[];
  readonly rateLimit?: number;
  /** Seconds. */
  readonly window?: number;
  readonly algorithm?: CreateTokenInput['rateLimitAlgorithm'];
  readonly expiresAt?: string;
  /** Seconds. */
  readonly expiresIn?: number;
}

/** The secret goes to standard output and stands there alone; what there is to say about it goes to standard error. */
export async function createToken(call: Call, [name = '']: readonly string[], options: CreateOptions): Promise<void> {
  const client = await call.connect();
  const { token } = await client.token.create.mutate(toInput(name, options, call.now()));
  const { output } = call;
  if (output.json) output.value({ token });
  else output.line(token.token);
  output.note(`Created ${describeToken(token)}. This is the only time its secret is shown: store it now.`);
}

function toInput(name: string, options: CreateOptions, now: number): CreateTokenInput {
  const { description, environment, endpoint, rateLimit, window, algorithm, expiresIn } = options;
  const expiresAt = expiresIn === undefined ? options.expiresAt : new Date(now + expiresIn * 1_000).toISOString();
  return {
    name,
    description,
    environment,
    rateLimit,
    rateLimitWindowMs: window === undefined ? undefined : window * 1_000,
    rateLimitAlgorithm: algorithm,
    allowedEndpoints: endpoint === undefined ? undefined : [...endpoint],
    expiresAt,
  };
}
