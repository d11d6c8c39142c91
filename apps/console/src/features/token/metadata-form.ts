import type { Token } from '@latchkey/api/schemas';
import { z } from 'zod';

export interface MetadataValues {
  /** JSON text of an object; blank: none. */
  metadata: string;
}

const MAX_LENGTH = 16_384;

export const metadataSchema = z.object({
  metadata: z.string().superRefine((text, context) => {
    if (text.trim() === '') return;
    const read = readObject(text);
    if (!read.ok) context.addIssue(read.message);
    else if (JSON.stringify(read.value).length > MAX_LENGTH) context.addIssue('Metadata may have at most 16,384 characters as JSON.');
  }),
});

export function metadataValues(token: Pick<Token, 'metadata'> | null): MetadataValues {
  return { metadata: token?.metadata ? JSON.stringify(token.metadata, null, 2) : '' };
}

/** `null`: none; `values` have passed the schema. */
export function metadataInput({ metadata }: MetadataValues): { metadata: Record<string, unknown> | null } {
  const read = readObject(metadata);
  return { metadata: read.ok ? read.value : null };
}

function readObject(text: string): { ok: true; value: Record<string, unknown> } | { ok: false; message: string } {
  try {
    const value: unknown = JSON.parse(text);
    if (isObject(value)) return { ok: true, value };
    return { ok: false, message: 'Metadata is a JSON object: {"team": "payments"}.' };
  } catch (error) {
    return { ok: false, message: `This is not JSON yet: ${error instanceof Error ? error.message : 'it cannot be read'}.` };
  }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export const METADATA_FIELDS = { metadata: 'metadata' };
