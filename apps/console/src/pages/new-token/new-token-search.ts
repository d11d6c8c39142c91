import { z } from 'zod';

/** `copyOf`: the token whose settings the form starts with (`from` is the time range's); `owner`: whom it is for, `user:42`. */
export const newTokenSearchSchema = z.object({
  copyOf: z.coerce.number().int().positive().optional().catch(undefined),
  owner: z.string().max(310).optional().catch(undefined),
});
export type NewTokenSearch = z.infer<typeof newTokenSearchSchema>;
