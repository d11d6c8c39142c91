import { z } from 'zod';
import { isStorableText, UNSTORABLE_TEXT } from './common.ts';

/** What a scope may be made of (RFC 6749 §3.3): it travels in challenges, with a space between two. */
const SCOPE = /^[\x21\x23-\x5b\x5d-\x7e]+$/;
const SCOPES_WANTED = 'scopes must be a list such as ["read", "write"].';
const MAX_METADATA_LENGTH = 16_384;

const scopeListSchema = z
  .array(
    z
      .string({ error: 'A scope must be text.' })
      .max(255, 'A scope may have at most 255 characters.')
      .refine(
        (scope) => scope.trim() === '' || SCOPE.test(scope),
        'A scope has no spaces, quotes, backslashes or characters beyond ASCII.',
      ),
    { error: SCOPES_WANTED },
  )
  .max(100, 'A token may have at most 100 scopes.');

/** A list of scopes; blanks are left out later (S2-062). A text is taken only where it spells a list: `['read', 'write']` (C-24). */
export const scopesInputSchema = z.union([scopeListSchema, z.string().transform(readScopeList).pipe(scopeListSchema)], {
  error: SCOPES_WANTED,
});

/** Resource → actions: `{ "files": ["read", "write"] }` (S3-022). */
export const permissionsInputSchema = z.record(
  z
    .string()
    .min(1, 'A resource needs a name.')
    .max(100, 'The name of a resource may have at most 100 characters.')
    .refine(isStorableText, UNSTORABLE_TEXT),
  z
    .array(
      z
        .string()
        .min(1, 'An action must not be empty.')
        .max(100, 'An action may have at most 100 characters.')
        .refine(isStorableText, UNSTORABLE_TEXT),
      { error: 'Give the actions of a resource as a list such as ["read"].' },
    )
    .max(100, 'A resource may have at most 100 actions.'),
  { error: 'permissions must be an object such as {"files": ["read"]}.' },
);

/** Anything that is JSON, up to 16 KiB of it. */
export const metadataInputSchema = z
  .record(z.string(), z.unknown(), { error: 'metadata must be a JSON object.' })
  .refine((value) => JSON.stringify(value).length <= MAX_METADATA_LENGTH, 'metadata may have at most 16,384 characters as JSON.')
  .refine((value) => isStorableJson(value), UNSTORABLE_TEXT);

function readScopeList(text: string, context: z.RefinementCtx): string[] {
  for (const spelling of [text, text.replaceAll("'", '"')]) {
    const value = parseJson(spelling);
    if (Array.isArray(value)) return value;
  }
  context.addIssue({ code: 'custom', message: SCOPES_WANTED });
  return z.NEVER;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

/** In JSON the NUL character and halves of surrogate pairs stand as escapes; PostgreSQL refuses both. */
function isStorableJson(value: unknown): boolean {
  if (typeof value === 'string') return isStorableText(value);
  if (value === null || typeof value !== 'object') return true;
  return Object.entries(value).every(([key, member]) => isStorableText(key) && isStorableJson(member));
}
