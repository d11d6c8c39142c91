import type { Token } from '@latchkey/api/schemas';
import { z } from 'zod';
import { formatWindow, joinWindow, splitWindow, type WindowUnit } from './limit-window.ts';

export interface QuotaValues {
  enabled: boolean;
  /** What number fields hold: text while it is not a number. */
  remaining: number | string;
  refilled: boolean;
  refillAmount: number | string;
  count: number | string;
  unit: WindowUnit;
}

const MOST = 1_000_000_000_000;
const LONGEST_MS = 366 * 86_400_000;

const amount = (lowest: number) =>
  z
    .number({ error: 'Give a number of requests.' })
    .int('Give a whole number of requests.')
    .min(lowest, `Give at least ${lowest}.`)
    .max(MOST, 'Give at most 1,000,000,000,000.');

/** Only what is switched on is looked at. */
export const quotaSchema = z.looseObject({ enabled: z.boolean(), refilled: z.boolean() }).superRefine((loose, context) => {
  if (!loose.enabled) return;
  const check = (field: string, schema: z.ZodType) => {
    const message = schema.safeParse(loose[field]).error?.issues[0]?.message;
    if (message) context.addIssue({ code: 'custom', path: [field], message });
  };
  check('remaining', amount(0));
  if (!loose.refilled) return;
  check('refillAmount', amount(1));
  check('count', z.number({ error: 'Give the interval.' }).int('Give a whole number.').min(1, 'Give at least 1.'));
  const intervalMs = joinWindow(Number(loose.count), loose.unit as WindowUnit);
  if (intervalMs < 1_000) context.addIssue({ code: 'custom', path: ['count'], message: 'The interval must be at least 1 second.' });
  if (intervalMs > LONGEST_MS) context.addIssue({ code: 'custom', path: ['count'], message: 'The interval may be at most 366 days.' });
});

type QuotaOfToken = Pick<Token, 'remaining' | 'refillAmount' | 'refillInterval'>;

export function quotaValues(token: QuotaOfToken | null): QuotaValues {
  const { remaining = null, refillAmount = null, refillInterval = null } = token ?? {};
  return {
    enabled: remaining !== null,
    remaining: remaining ?? 1_000,
    refilled: refillInterval !== null,
    refillAmount: refillAmount ?? 1_000,
    ...splitWindow(refillInterval ?? 86_400_000),
  };
}

/**
 * What the operations take; `values` have passed the schema. What is left is sent where it was changed only: sent, it sets the quota
 * anew, and requests went on meanwhile.
 */
export function quotaInput(values: QuotaValues, before: QuotaValues | null): Partial<QuotaOfToken> {
  if (!values.enabled) return { remaining: null, refillAmount: null, refillInterval: null };
  const isSame = before?.enabled === true && before.remaining === values.remaining;
  return {
    ...(isSame ? {} : { remaining: Number(values.remaining) }),
    ...(values.refilled
      ? { refillAmount: Number(values.refillAmount), refillInterval: joinWindow(Number(values.count), values.unit) }
      : { refillAmount: null, refillInterval: null }),
  };
}

export const QUOTA_FIELDS = { remaining: 'remaining', refillAmount: 'refillAmount', refillInterval: 'count' };

/** `1,000 requests, 1,000 again every day`; `null`: any number. */
export function describeQuota({ remaining, refillAmount, refillInterval }: QuotaOfToken): string | null {
  if (remaining === null) return null;
  const left = `${remaining.toLocaleString('en')} ${remaining === 1 ? 'request' : 'requests'} left`;
  if (refillAmount === null || refillInterval === null) return left;
  return `${left}, ${refillAmount.toLocaleString('en')} again every ${formatWindow(refillInterval)}`;
}

/** As `describeQuota`, of fields that may be unfinished. */
export function describeQuotaValues(values: QuotaValues): string | null {
  if (!quotaSchema.safeParse(values).success) return 'To be put right';
  const { remaining = null, refillAmount = null, refillInterval = null } = quotaInput(values, null);
  return describeQuota({ remaining, refillAmount, refillInterval });
}
