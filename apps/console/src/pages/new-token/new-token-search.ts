import { z } from 'zod';

/** `copyOf`: the token whose settings the form starts with. (`from` is the time range's.) */
export const newTokenSearchSchema = z.object({
  copyOf: z.coerce.number().int().positive().optional().catch(undefined),
});
export type NewTokenSearch = z.infer<typeof newTokenSearchSchema>;
