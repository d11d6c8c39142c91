import { trpc } from '../../lib/trpc.ts';

/** The window of a token now, read every two seconds while somebody looks. */
export function useLimitStatus(tokenId: number, enabled = true) {
  return trpc.limit.status.useQuery({ id: tokenId }, { enabled, refetchInterval: 2_000, staleTime: 0 });
}
