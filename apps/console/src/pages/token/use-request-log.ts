import type { RequestRow } from '@latchkey/api/schemas';
import { keepPreviousData } from '@tanstack/react-query';
import { liveInterval, useTimeRange } from '../../lib/time-range.ts';
import { trpc } from '../../lib/trpc.ts';
import { parseClasses, type TokenSearch } from './token-search.ts';

const PAGE = 50;

/** The requests of a token in the range that pass the filters, newest first, page after page. */
export function useRequestLog(tokenId: number, filters: TokenSearch) {
  const { from, to, live } = useTimeRange();
  const classes = parseClasses(filters.status);
  const query = trpc.usage.requests.useInfiniteQuery(
    {
      tokenId,
      from,
      to,
      limit: PAGE,
      ...(classes.length > 0 ? { status: classes } : {}),
      ...(filters.method ? { method: filters.method } : {}),
      ...(filters.endpoint ? { endpoint: filters.endpoint } : {}),
      ...(filters.outcome ? { outcome: filters.outcome } : {}),
    },
    {
      getNextPageParam: (page) => page.nextCursor ?? undefined,
      placeholderData: keepPreviousData,
      // Once somebody reads further back, rows must not move under their eyes.
      refetchInterval: ({ state }) => ((state.data?.pages.length ?? 0) > 1 ? false : liveInterval(live)),
    },
  );
  const rows: RequestRow[] | undefined = query.data?.pages.flatMap((page) => page.requests);
  return { ...query, rows };
}
