import { trpc } from '../../lib/trpc.ts';

const MINUTES_5 = 5 * 60_000;

/** What the deployment's configuration says about its tokens. It changes with a restart of the server only. */
export function usePolicy() {
  return trpc.policy.read.useQuery(undefined, { staleTime: MINUTES_5 });
}
