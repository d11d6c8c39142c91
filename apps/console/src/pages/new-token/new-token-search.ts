import { z } from 'zod';

/** `from`: the token whose settings the form starts with. */
export const newTokenSearchSchema = z.object({
  from: z.coerce.number().int().positive().optional().catch(undefined),
});
export type NewTokenSearch = z.infer<typeof newTokenSearchSchema>;
