import { trpc } from '../../lib/trpc.ts';
import { announceChange } from '../gateway/announce-change.tsx';

/**
 * Gives a token a new secret. The answer holds its text, so it is not kept: `gcTime: 0`, and the caller takes it into the state of one
 * component and calls `reset`.
 */
export function useRotateToken() {
  return trpc.token.rotate.useMutation({
    gcTime: 0,
    onSuccess: ({ effective }) => announceChange('The token has a new secret.', effective),
  });
}
