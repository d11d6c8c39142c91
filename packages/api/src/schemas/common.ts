import { z } from 'zod';

/** ISO-8601 UTC with milliseconds and `Z`. */
export const instantSchema = z.iso.datetime({ precision: 3 }).meta({ example: '2026-12-31T00:00:00.000Z' });

export const tokenIdSchema = z.number().int().positive().max(2_147_483_647);

export const pageInput = {
  limit: z.number().int().min(1).max(200).default(50),
  offset: z.number().int().min(0).max(1_000_000).default(0),
};

/** `days` of a usage report: 1–365, default 7 (G-08). */
export const daysSchema = z.number().int().min(1).max(365).default(7);

/** Whether the database can hold a text: PostgreSQL takes no NUL, and half of a surrogate pair is no character of UTF-8. */
export function isStorableText(text: string): boolean {
  return !text.includes('\0') && text.isWellFormed();
}
export const UNSTORABLE_TEXT = 'Leave out the NUL character and halves of surrogate pairs.';

export const okSchema = z.object({ message: z.string() });
