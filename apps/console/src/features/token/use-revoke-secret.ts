import { trpc } from '../../lib/trpc.ts';
import { announceChange } from '../gateway/announce-change.tsx';
import { useInvalidateTokens } from './token-cache.ts';

/** Ends one secret of a token. Never shown before the server has done it. */
export function useRevokeSecret() {
  const utils = trpc.useUtils();
  const invalidate = useInvalidateTokens();
  return trpc.token.revokeSecret.useMutation({
    onSuccess: async ({ token, secrets, effective }, { id }) => {
      announceChange('The secret was revoked.', effective);
      utils.token.get.setData({ id }, { token });
      utils.token.secrets.setData({ id }, { secrets });
      await invalidate();
    },
  });
}
