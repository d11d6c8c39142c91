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

export const okSchema = z.object({ message: z.string() });
