import { z } from 'zod';

export const tokenSearchSchema = z.object({});
