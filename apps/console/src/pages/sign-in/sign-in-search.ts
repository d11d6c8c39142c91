import { z } from 'zod';

export const signInSearchSchema = z.object({
  /** Where to go afterwards: a path of this console. `//host` and `/\host` would lead out of it. */
  returnTo: z
    .string()
    .regex(/^\/(?![/\\])/)
    .optional()
    .catch(undefined),
});
