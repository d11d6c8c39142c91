import { EVENT_TYPES, type EventType, TEST_EVENT_TYPE } from '@latchkey/core';
import { z } from 'zod';
import { instantSchema, isStorableText, pageInput, tokenIdSchema, UNSTORABLE_TEXT } from './common.ts';

const TYPES = Object.keys(EVENT_TYPES) as [EventType, ...EventType[]];

export const eventTypeSchema = z.enum(TYPES);

const LONGEST_URL = 2048;

/** Whether it may be sent to is for the server to say: that depends on what the name resolves to. */
const webhookUrlSchema = z
  .string()
  .trim()
  .max(LONGEST_URL, `The address may have at most ${LONGEST_URL} characters.`)
  .refine(isStorableText, UNSTORABLE_TEXT)
  .refine((text) => /^https?:\/\//i.test(text) && URL.canParse(text), 'Give an address such as "https://example.com/hooks".')
  .refine(
    (text) => !URL.canParse(text) || !hasCredentials(new URL(text)),
    'Leave user name and password out: the signature says who sends.',
  )
  .refine((text) => !text.includes('#'), 'Leave out the part behind "#": it is never sent.')
  .meta({ example: 'https://example.com/hooks' });

function hasCredentials(url: URL): boolean {
  return url.username !== '' || url.password !== '';
}

const descriptionSchema = z
  .string()
  .trim()
  .max(255, 'The description may have at most 255 characters.')
  .refine(isStorableText, UNSTORABLE_TEXT)
  .nullable()
  .transform((text) => text || null);

const eventTypesSchema = z
  .array(eventTypeSchema)
  .max(TYPES.length)
  .nullable()
  .transform((types) => (types === null || types.length === 0 ? null : [...new Set(types)]));

export const createWebhookInputSchema = z.object({
  url: webhookUrlSchema,
  description: descriptionSchema.optional(),
  /** `null` and `[]`: every event. */
  eventTypes: eventTypesSchema.optional(),
});
export type CreateWebhookInput = z.input<typeof createWebhookInputSchema>;

export const updateWebhookInputSchema = z.object({
  id: tokenIdSchema,
  url: webhookUrlSchema.optional(),
  description: descriptionSchema.optional(),
  eventTypes: eventTypesSchema.optional(),
  active: z.boolean().optional(),
});
export type UpdateWebhookInput = z.input<typeof updateWebhookInputSchema>;

export const rotateWebhookSecretInputSchema = z.object({
  id: tokenIdSchema,
  /** How long the old secret goes on signing beside the new one; 0: it ends at once. */
  overlapHours: z.number().int().min(0).max(168).default(24),
});

export const webhookSchema = z.object({
  id: z.number().int(),
  url: z.string(),
  description: z.string().nullable(),
  eventTypes: z.array(eventTypeSchema).nullable(),
  active: z.boolean(),
  disabledReason: z.enum(['gone', 'failing']).nullable(),
  failingSince: instantSchema.nullable(),
  previousSecretUntil: instantSchema.nullable(),
  createdBy: z.string().nullable(),
  createdAt: instantSchema,
  updatedAt: instantSchema,
  pending: z.number().int(),
  lastAttempt: z.object({ at: instantSchema, statusCode: z.number().int().nullable(), error: z.string().nullable() }).nullable(),
});
export const webhookListSchema = z.object({
  webhooks: z.array(webhookSchema),
  total: z.number().int(),
  limit: z.number().int(),
  offset: z.number().int(),
});
/** With the secret: this once. */
export const createdWebhookSchema = z.object({
  webhook: webhookSchema,
  secret: z.string().meta({ example: 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw' }),
  message: z.string(),
});

export const deliveryStatusSchema = z.enum(['pending', 'delivered', 'failed']);
export const deliveriesInputSchema = z.object({ ...pageInput, id: tokenIdSchema, status: deliveryStatusSchema.optional() });
export type DeliveriesInput = z.infer<typeof deliveriesInputSchema>;

export const deliverySchema = z.object({
  id: z.number().int(),
  webhookId: z.number().int(),
  eventId: z.string(),
  eventType: z.enum([...TYPES, TEST_EVENT_TYPE]),
  tokenId: z.number().int().nullable(),
  tokenName: z.string().nullable(),
  occurredAt: instantSchema,
  status: deliveryStatusSchema,
  attempts: z.number().int(),
  nextAttemptAt: instantSchema.nullable(),
  createdAt: instantSchema,
  lastAttempt: z
    .object({
      at: instantSchema,
      statusCode: z.number().int().nullable(),
      error: z.string().nullable(),
      durationMs: z.number().int(),
    })
    .nullable(),
});
export const deliveryListSchema = z.object({
  deliveries: z.array(deliverySchema),
  total: z.number().int(),
  limit: z.number().int(),
  offset: z.number().int(),
});
export const deliveryAttemptSchema = z.object({
  number: z.number().int(),
  at: instantSchema,
  durationMs: z.number().int(),
  statusCode: z.number().int().nullable(),
  error: z.string().nullable(),
  responseExcerpt: z.string().nullable(),
});
export const deliveryDetailSchema = deliverySchema.extend({
  /** Exactly what is sent. */
  payload: z.object({ id: z.string(), type: z.string(), occurred_at: instantSchema, data: z.record(z.string(), z.unknown()) }),
  /** Newest first, at most 100. */
  attemptLog: z.array(deliveryAttemptSchema),
});
