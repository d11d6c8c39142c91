import { trpc } from '../../lib/trpc.ts';

/** The signed-in account. The app's route loads it before any page is shown. */
export function useMe() {
  return trpc.admin.me.useQuery(undefined, { staleTime: 60_000 }).data;
}

/** Whether controls that change something are shown. The server checks by itself. */
export function useCanChange(): boolean {
  return useMe()?.role === 'admin';
}

/** Facts about this server. */
export function useServerInfo() {
  return trpc.admin.server.useQuery(undefined, { staleTime: Number.POSITIVE_INFINITY }).data;
}
