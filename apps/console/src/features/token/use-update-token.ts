import { trpc } from '../../lib/trpc.ts';
import { useInvalidateTokens } from './token-cache.ts';

/** Changes a token's settings; the screen shows the new ones once the server has them. */
export function useUpdateToken() {
  const utils = trpc.useUtils();
  const invalidate = useInvalidateTokens();
  return trpc.token.update.useMutation({
    onSuccess: async (answer, { id }) => {
      utils.token.get.setData({ id }, answer);
      await invalidate();
    },
  });
}
