import type { EffectiveView } from '@latchkey/api/schemas';
import { trpc } from '../../lib/trpc.ts';
import { useInvalidateTokens } from './token-cache.ts';

const MOST = 1_000;

/** How many went, and where the last of them are gone. */
interface Removal {
  removed: number;
  effective: EffectiveView | null | undefined;
}

/** Deletes what expired before an instant, as many calls as that takes; or only counts up to a thousand of it. */
export function useDeleteExpired() {
  const { mutateAsync } = trpc.token.deleteExpired.useMutation();
  const invalidate = useInvalidateTokens();

  async function count(expiredBefore: string): Promise<{ count: number; more: boolean }> {
    const { ids, more } = await mutateAsync({ expiredBefore, dryRun: true, limit: MOST });
    return { count: ids.length, more };
  }

  async function removeAll(expiredBefore: string): Promise<Removal> {
    let removed = 0;
    let effective: Removal['effective'];
    try {
      for (let more = true; more; ) {
        const answer = await mutateAsync({ expiredBefore, dryRun: false, limit: MOST });
        removed += answer.ids.length;
        effective = answer.effective;
        // A pass that deletes nothing would be followed by others like it.
        more = answer.more && answer.ids.length > 0;
      }
      return { removed, effective };
    } finally {
      await invalidate();
    }
  }
  return { count, removeAll };
}
