import { deliveryStatusSchema } from '@latchkey/api/schemas';
import { z } from 'zod';

export const webhookSearchSchema = z.object({
  status: deliveryStatusSchema.optional().catch(undefined),
  page: z.coerce.number().int().min(2).max(20_000).optional().catch(undefined),
  /** The delivery whose details are open. */
  delivery: z.coerce.number().int().positive().optional().catch(undefined),
});
export type WebhookSearch = z.infer<typeof webhookSearchSchema>;
