import { z } from 'zod';
import { plainTextSchema } from '../../lib/plain-search.ts';

export const PAGE_SIZE = 50;
const SORTS = ['owner', 'tokens', 'active', 'requests_24h', 'total_requests', 'last_used_at'] as const;
type OwnerSort = (typeof SORTS)[number];

/** The view of the owners as the URL holds it. Defaults are left out; what cannot be read is ignored. */
export const ownersSearchSchema = z.object({
  q: plainTextSchema
    .refine((q) => String(q).length <= 255)
    .optional()
    .catch(undefined),
  /** `-requests_24h`: descending. */
  sort: z
    .string()
    .regex(new RegExp(`^-?(?:${SORTS.join('|')})$`))
    .optional()
    .catch(undefined),
  page: z.coerce.number().int().min(2).max(20_000).optional().catch(undefined),
});
export type OwnersSearch = Omit<z.infer<typeof ownersSearchSchema>, 'q'> & { q?: string | undefined };

/** The view as the screen works with it. */
export function readOwnersSearch(search: unknown): OwnersSearch {
  const { q, ...rest } = ownersSearchSchema.parse(search);
  return { ...rest, q: q?.toString() };
}

const DEFAULT_SORT = { id: 'tokens', order: 'desc' } as const;

/** What the list operation takes for a view. */
export function toOwnersInput({ q, sort, page }: OwnersSearch) {
  const { id, order } = parseOwnerSort(sort);
  return { limit: PAGE_SIZE, offset: ((page ?? 1) - 1) * PAGE_SIZE, sort: id, order, ...(q ? { q } : {}) };
}

export function parseOwnerSort(sort: string | undefined): { id: OwnerSort; order: 'asc' | 'desc' } {
  const id = SORTS.find((each) => each === sort?.replace(/^-/, ''));
  return id === undefined ? DEFAULT_SORT : { id, order: sort?.startsWith('-') ? 'desc' : 'asc' };
}

export function formatOwnerSort(sort: { id: string; order: 'asc' | 'desc' } | null): string | undefined {
  if (sort === null || (sort.id === DEFAULT_SORT.id && sort.order === DEFAULT_SORT.order)) return undefined;
  return `${sort.order === 'desc' ? '-' : ''}${sort.id}`;
}
