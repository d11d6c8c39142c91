import { auditActionSchema, auditTargetSchema } from '@latchkey/api/schemas';
import { z } from 'zod';

export const auditSearchSchema = z.object({
  action: auditActionSchema.optional().catch(undefined),
  target: auditTargetSchema.optional().catch(undefined),
  /** Id of one token, member or webhook. */
  targetId: z.coerce.string().max(64).optional().catch(undefined),
  page: z.coerce.number().int().min(2).max(20_000).optional().catch(undefined),
  /** The entry whose details are open. */
  entry: z.coerce.number().int().optional().catch(undefined),
});
export type AuditSearch = z.infer<typeof auditSearchSchema>;
