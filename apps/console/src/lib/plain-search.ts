import { z } from 'zod';

/**
 * Free text in an address. Text that reads as a number stays a number in the router's eyes – it would put quotes around it otherwise;
 * whoever reads it makes text of it again.
 */
export const plainTextSchema = z.union([z.string(), z.number()]);

/** What is written to the address, with text that reads as a number as one. */
export function plainSearch(search: object): Record<string, unknown> {
  return Object.fromEntries(Object.entries(search).map(([key, value]) => [key, isPlainNumber(value) ? Number(value) : value]));
}

function isPlainNumber(value: unknown): value is string {
  return typeof value === 'string' && /^(?:0|[1-9]\d{0,14})$/.test(value);
}
