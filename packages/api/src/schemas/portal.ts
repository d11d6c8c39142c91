import { z } from 'zod';
import { scopesInputSchema } from './access-fields.ts';
import { instantSchema, isStorableText, pageInput, tokenIdSchema, UNSTORABLE_TEXT } from './common.ts';
import { effectiveCountsSchema } from './gateway.ts';
import { nameSchema, newOwnerTypeSchema, ownerIdSchema, tokenStatusSchema } from './token.ts';

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

const nameOfPolicy = z.string().min(1).max(50);

export const createPortalSessionInputSchema = z
  .object({
    ownerType: newOwnerTypeSchema,
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

/** What the page knows of its session. */
export const portalViewSchema = z
  .object({
    id: tokenIdSchema,
    owner: z.object({ type: z.string(), id: z.string(), name: z.string().nullable() }),
    expiresAt: instantSchema,
    returnUrl: z.string().nullable(),
    returnText: z.string(),
    theme: z.record(z.string(), z.string()),
    actions: z.array(portalActionSchema),
    /** `null`: this kind of key is not offered here. */
    secret: z.object({ canCreate: z.boolean() }).nullable(),
    publishable: z.object({ canCreate: z.boolean() }).nullable(),
  })
  .meta({ id: 'PortalView' });
export type PortalView = z.infer<typeof portalViewSchema>;

/** A key as its owner sees it. */
export const portalKeySchema = z
  .object({
    id: tokenIdSchema,
    /** `null`: unnamed. */
    name: z.string().nullable(),
    keyType: z.string().nullable(),
    environment: z.string().nullable(),
    prefix: z.string(),
    last4: z.string(),
    status: tokenStatusSchema,
    publishable: z.boolean(),
    revocable: z.boolean(),
    /** Whether its text can be seen again. */
    viewable: z.boolean(),
    scopes: z.array(z.string()),
    createdAt: instantSchema,
    expiresAt: instantSchema.nullable(),
    revokedAt: instantSchema.nullable(),
    lastUsedAt: instantSchema.nullable(),
    requests24h: z.number().int(),
    failed24h: z.number().int(),
    totalRequests: z.number().int(),
  })
  .meta({ id: 'PortalKey' });
export type PortalKey = z.infer<typeof portalKeySchema>;

export const portalKeyListInputSchema = z.object({
  ...pageInput,
  kind: z.enum(['secret', 'publishable']),
  /** `active`: neither revoked nor expired (S2-054); `inactive`: the others (S2-055). Absent: all. */
  state: z.enum(['active', 'inactive', 'expired', 'revoked']).optional(),
});
export type PortalKeyListInput = z.infer<typeof portalKeyListInputSchema>;

/** Newest first. */
export const portalKeyListSchema = z.object({ keys: z.array(portalKeySchema), total: z.number().int() });
export type PortalKeyList = z.infer<typeof portalKeyListSchema>;

/** What the form of a key offers. */
export const portalFormSchema = z
  .object({
    scopes: z.array(z.object({ name: z.string(), description: z.string() })),
    /** In the order in which they are offered. */
    expirations: z.array(z.object({ value: z.string(), seconds: z.number().int().nullable() })),
    requireName: z.boolean(),
  })
  .meta({ id: 'PortalForm' });
export type PortalForm = z.infer<typeof portalFormSchema>;

/** A blank name is no name. */
const optionalNameSchema = z
  .string({ error: 'A name is text.' })
  .transform((name) => (name.trim() === '' ? null : name))
  .pipe(nameSchema.nullable())
  .nullable();

/** Name, scopes and a preset, and nothing else (S2-044). */
export const createPortalKeyInputSchema = z
  .object({
    name: optionalNameSchema.optional(),
    scopes: scopesInputSchema.optional(),
    expiresAtPreset: z.string({ error: 'Choose an expiration.' }).max(50).optional(),
  })
  .meta({ id: 'CreatePortalKeyInput' });
export type CreatePortalKeyInput = z.infer<typeof createPortalKeyInputSchema>;

/** Absent = unchanged. */
export const updatePortalKeyInputSchema = z
  .object({ id: tokenIdSchema, name: optionalNameSchema.optional(), scopes: scopesInputSchema.optional() })
  .meta({ id: 'UpdatePortalKeyInput' });
export type UpdatePortalKeyInput = z.infer<typeof updatePortalKeyInputSchema>;

/** `token` is the key's text: it is given here, once more to whoever reads it within ten minutes, and then never again. */
export const createdPortalKeySchema = z.object({ key: portalKeySchema, token: z.string(), message: z.string() });
export const changedPortalKeySchema = z.object({ key: portalKeySchema, message: z.string(), effective: effectiveCountsSchema });

export const portalUsageInputSchema = z.object({ id: tokenIdSchema, hours: z.number().int().min(1).max(168).default(24) });

/** One point for each hour, oldest first, the running hour last. */
export const portalUsageSchema = z
  .object({
    key: portalKeySchema,
    points: z.array(z.object({ at: instantSchema, requests: z.number().int(), ok: z.number().int(), failed: z.number().int() })),
  })
  .meta({ id: 'PortalUsage' });
export type PortalUsage = z.infer<typeof portalUsageSchema>;
