import { trpc } from '../../lib/trpc.ts';

/**
 * Creates a token. The answer holds its secret, so it is not kept: `gcTime: 0`, and the caller takes it into the state of one component
 * and calls `reset`. Lists are refreshed by the caller too, once the secret is put away.
 */
export function useCreateToken() {
  return trpc.token.create.useMutation({ gcTime: 0 });
}
