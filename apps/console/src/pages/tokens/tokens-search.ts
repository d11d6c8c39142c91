import { tokenSortSchema, tokenStatusSchema } from '@latchkey/api/schemas';
import { z } from 'zod';
import { parseOwner } from '../../features/owner/owner-ref.ts';
import { findSecret } from '../../features/token/find-secret.ts';
import { plainTextSchema } from '../../lib/plain-search.ts';

export type TokenStatus = z.infer<typeof tokenStatusSchema>;
export type TokenSort = z.infer<typeof tokenSortSchema>;

export const PAGE_SIZE = 50;
const SORT = new RegExp(`^-?(?:${tokenSortSchema.options.join('|')})$`);

/** The view of the list as the URL holds it. Defaults are left out; what cannot be read is ignored. */
export const tokensSearchSchema = z.object({
  /** A secret that somebody put into the address by hand is dropped: it must go no further. */
  q: plainTextSchema
    .refine((q) => String(q).length <= 255 && findSecret(String(q)) === null)
    .optional()
    .catch(undefined),
  /** One or several states with commas between: `active,disabled`. */
  status: z.string().optional().catch(undefined),
  /** `-last_used_at`: descending. */
  sort: z.string().regex(SORT).optional().catch(undefined),
  /** Tokens of one owner: `user:42`. */
  owner: z
    .string()
    .refine((owner) => parseOwner(owner) !== null)
    .optional()
    .catch(undefined),
  type: z.string().max(50).optional().catch(undefined),
  env: z.string().max(50).optional().catch(undefined),
  page: z.coerce.number().int().min(2).max(20_000).optional().catch(undefined),
});
export type TokensSearch = Omit<z.infer<typeof tokensSearchSchema>, 'q'> & { q?: string | undefined };

/** The view as the screen works with it. */
export function readTokensSearch(search: unknown): TokensSearch {
  const { q, ...rest } = tokensSearchSchema.parse(search);
  return { ...rest, q: q?.toString() };
}

export const DEFAULT_SORT = { id: 'created_at', order: 'desc' } as const;

/** What the list operation takes for a view. */
export function toListInput({ q, status, sort, owner, type, env, page }: TokensSearch) {
  const { id, order } = parseSort(sort);
  const states = parseStatus(status);
  return {
    limit: PAGE_SIZE,
    offset: ((page ?? 1) - 1) * PAGE_SIZE,
    sort: id,
    order,
    ...(q ? { q } : {}),
    ...(states.length > 0 ? { status: states } : {}),
    ...parseOwner(owner),
    ...(type ? { keyType: type } : {}),
    ...(env ? { environment: env } : {}),
  };
}

/** Whether the view leaves tokens out. */
export function isFiltered({ q, status, owner, type, env }: TokensSearch): boolean {
  return Boolean(q || owner || type || env) || parseStatus(status).length > 0;
}

export const NO_FILTERS = { q: undefined, status: undefined, owner: undefined, type: undefined, env: undefined };

export function parseSort(sort: string | undefined): { id: TokenSort; order: 'asc' | 'desc' } {
  const id = tokenSortSchema.safeParse(sort?.replace(/^-/, ''));
  return id.success ? { id: id.data, order: sort?.startsWith('-') ? 'desc' : 'asc' } : DEFAULT_SORT;
}

export function formatSort({ id, order }: { id: string; order: 'asc' | 'desc' }): string | undefined {
  if (id === DEFAULT_SORT.id && order === DEFAULT_SORT.order) return undefined;
  return `${order === 'desc' ? '-' : ''}${id}`;
}

export function parseStatus(status: string | undefined): TokenStatus[] {
  const states = (status ?? '').split(',').map((text) => tokenStatusSchema.safeParse(text).data);
  return states.filter((state) => state !== undefined);
}
