import { createTokenInputSchema, type Token } from '@latchkey/api/schemas';
import { z } from 'zod';

export interface AboutValues {
  name: string;
  description: string;
}

export const aboutSchema = z.object({
  name: createTokenInputSchema.shape.name,
  description: z.string().max(10_000, 'The description may have at most 10,000 characters.'),
});

export const aboutValues = (token: Token): AboutValues => ({ name: token.name ?? '', description: token.description ?? '' });

export function aboutInput(values: AboutValues) {
  return { name: values.name.trim(), description: values.description.trim() === '' ? null : values.description };
}

export const ABOUT_FIELDS = { name: 'name', description: 'description' };
