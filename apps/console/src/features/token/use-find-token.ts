import { trpc } from '../../lib/trpc.ts';

/** Whose secret this is. Sent in a body, kept nowhere: neither the address nor a cache key nor the mutation cache holds it. */
export function useFindToken() {
  const { mutateAsync, isPending, reset } = trpc.token.findBySecret.useMutation({ gcTime: 0 });
  async function find(secret: string): Promise<{ id: number; name: string | null } | null> {
    try {
      return (await mutateAsync({ secret })).token;
    } finally {
      reset();
    }
  }
  return { find, isPending };
}
