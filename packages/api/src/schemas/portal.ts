import { z } from 'zod';
import { instantSchema, isStorableText, pageInput, tokenIdSchema, UNSTORABLE_TEXT } from './common.ts';

export const portalActionSchema = z.enum(['create', 'edit', 'revoke']);
export type PortalAction = z.infer<typeof portalActionSchema>;

const COLOR = String.raw`(?:#(?:[0-9a-f]{3,4}|[0-9a-f]{6}|[0-9a-f]{8})|(?:rgb|hsl|oklch)\([0-9a-z.,%/ -]{1,60}\)|[a-z]{3,20})`;
const COLOR_VALUE = new RegExp(`^(?:${COLOR}|light-dark\\(${COLOR}, ?${COLOR}\\))$`, 'i');
const LENGTH_VALUE = /^\d{1,3}(?:\.\d{1,3})?(?:px|rem|em)$/;
const FONT_VALUE = /^[a-z0-9"' ,-]{1,200}$/i;

const COLOR_HINT = 'Give a colour such as "#0d6efd", "rgb(13 110 253)" or "light-dark(#0d6efd, #6ea8fe)".';
const LENGTH_HINT = 'Give a length such as "8px" or "0.5rem".';
const FONT_HINT = 'Give names of fonts, with a comma between them.';

const color = { pattern: COLOR_VALUE, hint: COLOR_HINT } as const;

/**
 * The CSS variables that a host may set (S2-026), each with what its value may be: the page writes them into a style, so anything that
 * could load or position something is refused.
 */
export const PORTAL_THEME_VARIABLES: Readonly<Record<string, { readonly pattern: RegExp; readonly hint: string }>> = {
  '--api-keys-primary-color': color,
  '--api-keys-primary-text-color': color,
  '--api-keys-danger-color': color,
  '--api-keys-success-color': color,
  '--api-keys-warning-color': color,
  '--api-keys-text-color': color,
  '--api-keys-muted-color': color,
  '--api-keys-background-color': color,
  '--api-keys-surface-color': color,
  '--api-keys-border-color': color,
  '--api-keys-badge-secret-bg': color,
  '--api-keys-badge-secret-text': color,
  '--api-keys-badge-publishable-bg': color,
  '--api-keys-badge-publishable-text': color,
  '--api-keys-radius': { pattern: LENGTH_VALUE, hint: LENGTH_HINT },
  '--api-keys-spacing': { pattern: LENGTH_VALUE, hint: LENGTH_HINT },
  '--api-keys-font-family': { pattern: FONT_VALUE, hint: FONT_HINT },
};

const themeSchema = z.record(z.string(), z.string({ error: 'The value of a CSS variable is text.' })).superRefine((theme, context) => {
  for (const [name, value] of Object.entries(theme)) {
    const message = themeFault(name, value);
    if (message !== null) context.addIssue({ code: 'custom', path: [name], message });
  }
});

function themeFault(name: string, value: string): string | null {
  if (!Object.hasOwn(PORTAL_THEME_VARIABLES, name)) return `Choose from ${Object.keys(PORTAL_THEME_VARIABLES).join(', ')}.`;
  const rule = PORTAL_THEME_VARIABLES[name];
  return rule === undefined || rule.pattern.test(value) ? null : rule.hint;
}

const returnUrlSchema = z
  .string()
  .max(2_048, 'The address may have at most 2,048 characters.')
  .refine(isWebAddress, 'Give an address that begins with "https://" or "http://", without a name or password in it.');

function isWebAddress(text: string): boolean {
  if (!URL.canParse(text) || !/^https?:\/\//i.test(text) || !isStorableText(text)) return false;
  const { protocol, username, password } = new URL(text);
  return (protocol === 'https:' || protocol === 'http:') && username === '' && password === '';
}

const originSchema = z
  .string()
  .max(255)
  .refine(
    (text) => isWebAddress(text) && new URL(text).origin === text,
    'Give an origin such as "https://app.example.com", without a path.',
  );

const shortText = (most: number) =>
  z
    .string()
    .trim()
    .min(1, 'Leave it out, or give some text.')
    .max(most, `It may have at most ${most} characters.`)
    .refine(isStorableText, UNSTORABLE_TEXT);

const ownerTypeSchema = z
  .string({ error: 'Say what kind of owner it is, such as "user" or "organization".' })
  .regex(/^[a-z][a-z0-9_-]*$/, 'An owner type is lower-case letters, digits, "_" and "-", such as "user" or "organization".')
  .max(50, 'An owner type may have at most 50 characters.');
const ownerIdSchema = z
  .string({ error: 'Give the id of the owner as text.' })
  .min(1, 'An owner needs an id.')
  .max(255, 'The id of an owner may have at most 255 characters.')
  .refine(isStorableText, UNSTORABLE_TEXT);
const nameOfPolicy = z.string().min(1).max(50);

export const createPortalSessionInputSchema = z
  .object({
    ownerType: ownerTypeSchema,
    ownerId: ownerIdSchema,
    /** How the page calls the owner; absent: nothing is said. */
    ownerName: shortText(255).optional(),
    returnUrl: returnUrlSchema.nullable().optional(),
    returnText: shortText(60).optional(),
    theme: themeSchema.optional(),
    actions: z.array(portalActionSchema, { error: 'actions must be a list of "create", "edit" and "revoke".' }).max(3).optional(),
    /** Absent or `null`: all that are configured. */
    keyTypes: z.array(nameOfPolicy).min(1, 'Name one key type at least, or leave it out.').max(20).nullable().optional(),
    /** Absent or `null`: keys of every environment are shown, and made in the current one. */
    environment: nameOfPolicy.nullable().optional(),
    ttlSeconds: z
      .number({ error: 'ttl_seconds must be a whole number of seconds.' })
      .int('ttl_seconds must be a whole number of seconds.')
      .min(60, 'A session lasts 60 seconds at least.')
      .max(3_600, 'A session lasts 3,600 seconds at most.')
      .default(900),
    /** The foreign origin that frames the page or calls with the session's bearer; absent or `null`: none. */
    embedOrigin: originSchema.nullable().optional(),
  })
  .meta({ id: 'CreatePortalSessionInput' });
export type CreatePortalSessionInput = z.infer<typeof createPortalSessionInputSchema>;

export const portalSessionSchema = z
  .object({
    id: tokenIdSchema,
    ownerType: z.string(),
    ownerId: z.string(),
    ownerName: z.string().nullable(),
    status: z.enum(['waiting', 'open', 'expired', 'revoked']),
    returnUrl: z.string().nullable(),
    returnText: z.string(),
    theme: z.record(z.string(), z.string()),
    actions: z.array(portalActionSchema),
    keyTypes: z.array(z.string()).nullable(),
    environment: z.string().nullable(),
    embedOrigin: z.string().nullable(),
    createdBy: z.string().nullable(),
    createdAt: instantSchema,
    expiresAt: instantSchema,
    openedAt: instantSchema.nullable(),
    revokedAt: instantSchema.nullable(),
  })
  .meta({ id: 'PortalSession' });

export const createdPortalSessionSchema = z
  .object({
    /** To be opened by the owner, once. What follows `#token=` is the link's secret. */
    url: z.string(),
    expiresAt: instantSchema,
    session: portalSessionSchema,
  })
  .meta({ id: 'CreatedPortalSession' });

export const listPortalSessionsInputSchema = z.object({
  ...pageInput,
  ownerType: z.string().max(50).refine(isStorableText, UNSTORABLE_TEXT).optional(),
  ownerId: z.string().max(255).refine(isStorableText, UNSTORABLE_TEXT).optional(),
});

export const portalSessionListSchema = z.object({
  sessions: z.array(portalSessionSchema),
  total: z.number().int(),
  limit: z.number().int(),
  offset: z.number().int(),
});
