import { trpc } from '../../lib/trpc.ts';
import { useInvalidateTokens } from '../token/token-cache.ts';

/** Ends every token of an owner. Never shown before the server has done it. */
export function useEndOwner() {
  const utils = trpc.useUtils();
  const invalidate = useInvalidateTokens();
  return trpc.owner.end.useMutation({ onSuccess: () => Promise.all([utils.owner.invalidate(), invalidate()]) });
}
