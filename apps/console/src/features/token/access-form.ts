import { parseEndpointPattern, type Token } from '@latchkey/api/schemas';
import { randomId } from '@mantine/hooks';
import { z } from 'zod';

export interface PatternRow {
  /** Keeps a row's field the same field while others come and go. */
  key: string;
  text: string;
}

export interface AccessValues {
  reach: 'every' | 'listed';
  patterns: PatternRow[];
}

export const patternRow = (text = ''): PatternRow => ({ key: randomId('pattern-'), text });

export const accessSchema = z
  .object({ reach: z.enum(['every', 'listed']), patterns: z.array(z.object({ key: z.string(), text: z.string() })) })
  .superRefine(({ reach, patterns }, context) => {
    if (reach === 'every') return;
    const filled = patterns.filter(({ text }) => text.trim() !== '');
    if (filled.length === 0) {
      context.addIssue({
        code: 'custom',
        path: ['patterns', 0, 'text'],
        message: 'Add a pattern such as /products*, or allow every endpoint.',
      });
    }
    if (filled.length > 100)
      context.addIssue({ code: 'custom', path: ['patterns', 100, 'text'], message: 'A token may have at most 100 patterns.' });
    for (const [index, { text }] of patterns.entries()) {
      const message = patternFault(text.trim());
      if (message) context.addIssue({ code: 'custom', path: ['patterns', index, 'text'], message });
    }
  });

/** What is wrong with a pattern; an empty row is only unfinished. */
function patternFault(text: string): string | null {
  if (text === '') return null;
  if (text.length > 255) return 'A pattern may have at most 255 characters.';
  const parsed = parseEndpointPattern(text);
  return parsed.ok ? null : parsed.message;
}

export function accessValues(token: Pick<Token, 'allowedEndpoints'>): AccessValues {
  const patterns = token.allowedEndpoints ?? [];
  return patterns.length === 0
    ? { reach: 'every', patterns: [patternRow()] }
    : { reach: 'listed', patterns: patterns.map((text) => patternRow(text)) };
}

/** The patterns as they will be stored: trimmed, without empty rows and repetitions; `null`: every endpoint. */
export function accessInput(values: AccessValues): { allowedEndpoints: string[] | null } {
  if (values.reach === 'every') return { allowedEndpoints: null };
  const texts = values.patterns.map(({ text }) => text.trim()).filter((text) => text !== '');
  return { allowedEndpoints: [...new Set(texts)] };
}

export const ACCESS_FIELDS = { allowedEndpoints: 'patterns.0.text' };
