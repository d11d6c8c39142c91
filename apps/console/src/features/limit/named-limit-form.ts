import { limitNameFault, type Token } from '@latchkey/api/schemas';
import { randomId } from '@mantine/hooks';
import { z } from 'zod';
import { formatRate, joinWindow, splitWindow, type WindowUnit } from './limit-window.ts';

export interface NamedLimitRow {
  /** Keeps a row's fields the same fields while others come and go. */
  key: string;
  name: string;
  /** What number fields hold: text while it is not a number. */
  max: number | string;
  count: number | string;
  unit: WindowUnit;
  algorithm: 'fixed' | 'sliding';
}

export interface NamedLimitValues {
  limits: NamedLimitRow[];
}

type NamedLimit = Token['limits'][number];

const LONGEST_MS = 31 * 86_400_000;
const MOST = 1_000_000_000;

export function namedLimitRow(limit: NamedLimit = { name: '', max: 10, windowMs: 1_000, algorithm: 'fixed' }): NamedLimitRow {
  const { name, max, windowMs, algorithm } = limit;
  return { key: randomId('limit-'), name, max, ...splitWindow(windowMs), algorithm };
}

const rowSchema = z.object({
  key: z.string(),
  name: z.string(),
  max: z
    .number({ error: 'Give a number of requests.' })
    .int('Give a whole number of requests.')
    .min(1, 'Allow at least 1 request.')
    .max(MOST, 'Allow at most 1,000,000,000 requests.'),
  count: z.number({ error: 'Give the length of the window.' }).int('Give a whole number.').min(1, 'Give at least 1.'),
  unit: z.enum(['millisecond', 'second', 'minute', 'hour', 'day']),
  algorithm: z.enum(['fixed', 'sliding']),
});

export const namedLimitSchema = z
  .object({ limits: z.array(rowSchema).max(10, 'A token may have at most 10 further limits.') })
  .superRefine(({ limits }, context) => {
    for (const [index, { name, count, unit }] of limits.entries()) {
      const fault = (field: string, message: string) => context.addIssue({ code: 'custom', path: ['limits', index, field], message });
      const wrong = limitNameFault(name.trim());
      if (wrong !== null) fault('name', wrong);
      const same = limits.findIndex((other) => other.name.trim() === name.trim());
      if (wrong === null && same < index) fault('name', `Limit ${same + 1} has this name already.`);
      const windowMs = joinWindow(count, unit);
      if (windowMs < 1_000) fault('count', 'The window must be at least 1 second.');
      if (windowMs > LONGEST_MS) fault('count', 'The window may be at most 31 days.');
    }
  });

export function namedLimitValues(token: Pick<Token, 'limits'> | null): NamedLimitValues {
  return { limits: (token?.limits ?? []).map(namedLimitRow) };
}

/** `values` have passed the schema. */
export function namedLimitInput({ limits }: NamedLimitValues): { limits: NamedLimit[] } {
  return {
    limits: limits.map(({ name, max, count, unit, algorithm }) => ({
      name: name.trim(),
      max: Number(max),
      windowMs: joinWindow(Number(count), unit),
      algorithm,
    })),
  };
}

export const NAMED_LIMIT_FIELDS = { limits: 'limits.0.name' };

/** `10/s`, for each limit that is complete. */
export function listRates({ limits }: NamedLimitValues): string[] {
  return limits.flatMap(({ max, count, unit }) => {
    const complete = typeof max === 'number' && typeof count === 'number' && count > 0;
    return complete ? [formatRate(max, joinWindow(count, unit))] : [];
  });
}
