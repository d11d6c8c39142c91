import { isolate } from '../../lib/format.ts';
import { trpc } from '../../lib/trpc.ts';
import { announceChange } from '../gateway/announce-change.tsx';
import { useInvalidateTokens } from './token-cache.ts';
import { tokenName } from './token-name.ts';

/** Changes a token's settings; the screen shows the new ones once the server has them. */
export function useUpdateToken() {
  const utils = trpc.useUtils();
  const invalidate = useInvalidateTokens();
  return trpc.token.update.useMutation({
    onSuccess: async (answer, { id }) => {
      announceChange(`${isolate(tokenName(answer.token))} changed.`, answer.effective);
      utils.token.get.setData({ id }, answer);
      await invalidate();
    },
  });
}
