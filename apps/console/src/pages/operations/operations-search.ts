import { z } from 'zod';

/** The view as the URL holds it: how many hours of usage records are accounted for. The default of 24 is left out. */
export const operationsSearchSchema = z.object({
  hours: z.coerce
    .number()
    .pipe(z.union([z.literal(168), z.literal(744)]))
    .optional()
    .catch(undefined),
});
export type OperationsSearch = z.infer<typeof operationsSearchSchema>;
