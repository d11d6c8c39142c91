import type { Token } from '@latchkey/api/schemas';
import { z } from 'zod';
import { parseLocalInput, toLocalInput } from './expiry-choice.ts';

export interface StartValues {
  /** What a `datetime-local` field holds, in the viewer's zone; `''`: at once. */
  notBefore: string;
}

export const startSchema = z.object({
  notBefore: z.string().refine((text) => text === '' || parseLocalInput(text) !== undefined, 'Give a date and a time, or leave it empty.'),
});

export function startValues(token: Pick<Token, 'notBefore'> | null): StartValues {
  return { notBefore: token?.notBefore ? toLocalInput(Date.parse(token.notBefore)) : '' };
}

/** `null`: at once; `values` have passed the schema. */
export function startInput({ notBefore }: StartValues): { notBefore: string | null } {
  const at = parseLocalInput(notBefore);
  return { notBefore: at === undefined ? null : new Date(at).toISOString() };
}

export const START_FIELDS = { notBefore: 'notBefore' };
