import { trpc } from '../../lib/trpc.ts';
import { useInvalidateTokens } from './token-cache.ts';

/** Revokes a token for good. Never shown before the server has done it. */
export function useRevokeToken() {
  const utils = trpc.useUtils();
  const invalidate = useInvalidateTokens();
  return trpc.token.revoke.useMutation({
    onSuccess: async (answer, { id }) => {
      utils.token.get.setData({ id }, answer);
      await invalidate();
    },
  });
}
