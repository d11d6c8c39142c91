import { z } from 'zod';
import { plainTextSchema } from '../../lib/plain-search.ts';

export const TABS = ['usage', 'requests', 'settings', 'history'] as const;
export type Tab = (typeof TABS)[number];

export const STATUS_CLASSES = ['2xx', '4xx', '429', '5xx'] as const;
export type StatusClass = (typeof STATUS_CLASSES)[number];

/** The view of a token as the URL holds it; the time range is the shell's. */
export const tokenSearchSchema = z.object({
  tab: z.enum(TABS).optional().catch(undefined),
  /** Usage: without the successes. */
  failures: z.literal(true).optional().catch(undefined),
  /** Requests: classes with commas between (`4xx,429`), method, endpoint template, outcome code. */
  status: plainTextSchema.optional().catch(undefined),
  method: z.string().max(10).optional().catch(undefined),
  endpoint: z.string().max(255).optional().catch(undefined),
  outcome: z.string().max(64).optional().catch(undefined),
  /** Requests: the one whose drawer is open. */
  req: plainTextSchema.optional().catch(undefined),
  /** The dialog that makes a new secret is open. */
  rotate: z.literal(true).optional().catch(undefined),
});
export type TokenSearch = Omit<z.infer<typeof tokenSearchSchema>, 'status' | 'req'> & {
  status?: string | undefined;
  req?: string | undefined;
};

/** The view as the screen works with it. */
export function readTokenSearch(search: unknown): TokenSearch {
  const { status, req, ...rest } = tokenSearchSchema.parse(search);
  return { ...rest, status: status?.toString(), req: req?.toString() };
}

export function parseClasses(status: string | undefined): StatusClass[] {
  const asked = new Set((status ?? '').split(','));
  return STATUS_CLASSES.filter((each) => asked.has(each));
}
