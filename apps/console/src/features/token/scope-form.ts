import type { Token } from '@latchkey/api/schemas';
import { z } from 'zod';

export interface ScopeValues {
  /** `null`: whatever is given to tokens that name none. */
  scopes: string[] | null;
}

/** What a scope may be made of (RFC 6749 §3.3). */
const SCOPE = /^[\x21\x23-\x5b\x5d-\x7e]{1,255}$/;

export const scopeSchema = z.object({
  scopes: z
    .array(z.string())
    .max(100, 'A token may have at most 100 scopes.')
    .nullable()
    .superRefine((scopes, context) => {
      const wrong = scopes?.find((scope) => !SCOPE.test(scope.trim()));
      if (wrong === undefined) return;
      context.addIssue(`“${wrong}” is no scope: it has no spaces, quotes, backslashes or characters beyond ASCII.`);
    }),
});

export const scopeValues = (token: Pick<Token, 'scopes'>): ScopeValues => ({ scopes: [...token.scopes] });

/** Nothing where the defaults hold; without what the token's type cannot hold. */
export function scopeInput({ scopes }: ScopeValues): { scopes?: string[] } {
  return scopes === null ? {} : { scopes: [...new Set(scopes.map((scope) => scope.trim()))] };
}

export const SCOPE_FIELDS = { scopes: 'scopes' };
