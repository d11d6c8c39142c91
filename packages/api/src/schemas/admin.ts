import { z } from 'zod';
import { instantSchema, isStorableText, pageInput, UNSTORABLE_TEXT } from './common.ts';

export const roleSchema = z.enum(['admin', 'viewer']);
export type Role = z.infer<typeof roleSchema>;

export const meSchema = z.object({
  id: z.string(),
  name: z.string(),
  email: z.string(),
  role: roleSchema,
});

/** Where the public API is and what stands behind it, for snippets and the pattern tester. */
export const serverInfoSchema = z.object({
  version: z.string(),
  demo: z.boolean(),
  sampleApi: z.boolean(),
  rateLimitMode: z.enum(['memory', 'valkey', 'share']),
  gateways: z.number().int(),
  logRetentionDays: z.number().int(),
});

export const setupStateSchema = z.object({ needed: z.boolean() });
export const passwordSchema = z.string().min(12, 'Use at least 12 characters.').max(128, 'Use at most 128 characters.');
export const completeSetupInputSchema = z.object({
  setupToken: z.string().min(1).max(128),
  name: z.string().trim().min(1, 'Give your name.').max(100).refine(isStorableText, UNSTORABLE_TEXT),
  email: z.email('Give a valid e-mail address.').max(254),
  password: passwordSchema,
});

export const memberSchema = z.object({ id: z.string(), name: z.string(), email: z.string(), role: roleSchema, createdAt: instantSchema });
export const addMemberInputSchema = z.object({
  name: z
    .string()
    .trim()
    .min(1, 'Give a name.')
    .max(100, 'The name may have at most 100 characters.')
    .refine(isStorableText, UNSTORABLE_TEXT),
  email: z.email('Give a valid e-mail address.').max(254),
  role: roleSchema,
  password: passwordSchema,
});
const memberIdSchema = z.string().min(1).max(64).refine(isStorableText, UNSTORABLE_TEXT);
export const setRoleInputSchema = z.object({ id: memberIdSchema, role: roleSchema });
export const removeMemberInputSchema = z.object({ id: memberIdSchema });

export const auditActionSchema = z.enum([
  'token.create',
  'token.update',
  'token.enable',
  'token.disable',
  'token.set_trial',
  'token.enforce_trial',
  'token.clear_trial',
  'token.revoke',
  'token.rotate',
  'token.revoke_secret',
  'token.end_overlap',
  'token.import',
  'token.delete',
  'owner.end',
  'token.leak',
  'member.add',
  'member.set_role',
  'member.remove',
  'setup.complete',
  'portal_session.create',
  'portal_session.open',
  'portal_session.revoke',
  'webhook.create',
  'webhook.update',
  'webhook.enable',
  'webhook.disable',
  'webhook.rotate_secret',
  'webhook.delete',
  'webhook.test',
  'webhook.replay',
]);
export const auditTargetSchema = z.enum(['token', 'member', 'owner', 'webhook', 'portal_session']);
export const listAuditInputSchema = z.object({
  ...pageInput,
  action: auditActionSchema.optional(),
  targetType: auditTargetSchema.optional(),
  targetId: z.string().max(64).optional(),
});
export type ListAuditInput = z.infer<typeof listAuditInputSchema>;
export const auditEntrySchema = z.object({
  id: z.number().int(),
  at: instantSchema,
  actorId: z.string().nullable(),
  actorName: z.string(),
  action: auditActionSchema,
  targetType: z.string(),
  targetId: z.string(),
  targetName: z.string().nullable(),
  before: z.record(z.string(), z.unknown()).nullable(),
  after: z.record(z.string(), z.unknown()).nullable(),
  ipAddress: z.string().nullable(),
  userAgent: z.string().nullable(),
});
export const auditListSchema = z.object({
  entries: z.array(auditEntrySchema),
  total: z.number().int(),
  limit: z.number().int(),
  offset: z.number().int(),
});
