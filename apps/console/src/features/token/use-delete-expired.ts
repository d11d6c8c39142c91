import { trpc } from '../../lib/trpc.ts';
import { useInvalidateTokens } from './token-cache.ts';

const MOST = 1_000;

/** Deletes what expired before an instant, as many calls as that takes; or only counts up to a thousand of it. */
export function useDeleteExpired() {
  const { mutateAsync } = trpc.token.deleteExpired.useMutation();
  const invalidate = useInvalidateTokens();

  async function count(expiredBefore: string): Promise<{ count: number; more: boolean }> {
    const { ids, more } = await mutateAsync({ expiredBefore, dryRun: true, limit: MOST });
    return { count: ids.length, more };
  }

  async function removeAll(expiredBefore: string): Promise<number> {
    let removed = 0;
    try {
      for (let more = true; more; ) {
        const answer = await mutateAsync({ expiredBefore, dryRun: false, limit: MOST });
        removed += answer.ids.length;
        // A pass that deletes nothing would be followed by others like it.
        more = answer.more && answer.ids.length > 0;
      }
      return removed;
    } finally {
      await invalidate();
    }
  }
  return { count, removeAll };
}
