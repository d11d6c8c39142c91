import { trpc } from '../../lib/trpc.ts';

/** Asks why a request was or would be refused. Counts nothing and changes nothing, so nothing is invalidated. */
export function useExplain() {
  return trpc.token.explain.useMutation();
}
