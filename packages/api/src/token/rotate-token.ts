import { isViewable, OperationError, type TokenPolicy, tokenPrefixOf } from '@latchkey/core';
import type { Actor, Overlap, TokenView } from '@latchkey/database';
import type { ApiParts } from '../context.ts';
import type { RotateTokenInput } from '../schemas/secret.ts';

const HOUR_MS = 3_600_000;
const DEFAULT_OVERLAP_MS = 24 * HOUR_MS;
const LONGEST_OVERLAP_MS = 7 * 24 * HOUR_MS;
/** What a text made here can begin with. */
const KEEPABLE_PREFIX = /^[A-Za-z0-9_-]{1,32}$/;

type RotateParts = Pick<ApiParts, 'tokens' | 'secrets' | 'mint' | 'policy' | 'tokensChanged'>;

/**
 * Gives a token a new secret beside the old one, which goes on for the overlap. Id, history and limits stay with the token. The plain
 * text is in this answer and nowhere else.
 */
export async function rotateToken(parts: RotateParts, input: RotateTokenInput, actor: Actor) {
  const overlap = overlapOf(input);
  const before = await parts.tokens.get(input.id);
  const text = parts.mint.generate(prefixOf(parts.policy, before));
  const { digest, algorithm, secretVersion } = parts.mint.digest(text);
  const prefix = text.slice(0, -SECRET_LENGTH);
  const secret = { prefix, start: text.slice(0, 6), last4: text.slice(-4), digest, digestAlgorithm: algorithm, secretVersion };
  const viewableText = isViewable(parts.policy, before.keyType) ? text : null;
  const { token, secrets, ended } = await parts.secrets.rotate(input.id, { secret, viewableText, overlap }, actor);
  const effective = await parts.tokensChanged([input.id]);
  const old = secrets.find(({ state }) => state === 'overlapping');
  const message = describe(old?.endsAt ?? null, ended.length > 0);
  return { token: { ...token, token: text }, secrets, ended, effective, message };
}

/** 36 random characters and 6 of checksum. */
const SECRET_LENGTH = 42;

function prefixOf(policy: TokenPolicy, { prefix, keyType, environment }: TokenView): string {
  return KEEPABLE_PREFIX.test(prefix) ? prefix : tokenPrefixOf(policy, keyType, environment ?? policy.currentEnvironment);
}

/** A quiet end has an upper bound, too: a forgotten job that calls once an hour must not keep an old secret alive for ever. */
function overlapOf({ overlapSeconds, quietHours }: RotateTokenInput): Overlap {
  if (quietHours !== undefined && overlapSeconds !== undefined) {
    const message = 'Give overlap_seconds or quiet_hours, not both.';
    throw new OperationError('VALIDATION_ERROR', 'Invalid input', [{ path: 'quietHours', message }]);
  }
  if (quietHours !== undefined) return { lengthMs: LONGEST_OVERLAP_MS, quietMs: quietHours * HOUR_MS };
  return { lengthMs: overlapSeconds === undefined ? DEFAULT_OVERLAP_MS : overlapSeconds * 1000, quietMs: null };
}

function describe(until: string | null, endedAnother: boolean): string {
  const old = until === null ? 'The old secret has ended.' : `The old secret works until ${until} at the latest.`;
  const other = endedAnother ? ' The one that still overlapped from an earlier rotation has ended.' : '';
  return `Token rotated. Save the new secret - it cannot be retrieved later. ${old}${other}`;
}
