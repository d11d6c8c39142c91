import { trpc } from '../../lib/trpc.ts';

/** Who an account id stands for; `null` until that is known. Accounts go, what they did stays. */
export function useMemberName(id: string | null): string | null {
  const { data } = trpc.admin.members.useQuery(undefined, { enabled: id !== null, staleTime: 60_000 });
  if (id === null || !data) return null;
  return data.members.find((member) => member.id === id)?.name ?? 'a former member';
}
