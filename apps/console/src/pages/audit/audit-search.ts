import { auditActionSchema } from '@latchkey/api/schemas';
import { z } from 'zod';

export const auditSearchSchema = z.object({
  action: auditActionSchema.optional().catch(undefined),
  target: z.enum(['token', 'member']).optional().catch(undefined),
  /** Id of one token or member. */
  targetId: z.coerce.string().max(64).optional().catch(undefined),
  page: z.number().int().min(1).max(20_000).optional().catch(undefined),
  /** The entry whose details are open. */
  entry: z.number().int().optional().catch(undefined),
});
