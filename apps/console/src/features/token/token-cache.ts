import type { Token } from '@latchkey/api/schemas';
import { type QueryClient, useQueryClient } from '@tanstack/react-query';
import { getQueryKey } from '@trpc/react-query';
import { type Outputs, trpc } from '../../lib/trpc.ts';

/** Writes a change of tokens into every answer that shows them, before the server has confirmed it. */
export function patchCachedTokens(client: QueryClient, ids: ReadonlySet<number>, change: (token: Token) => Partial<Token>): void {
  client.setQueriesData<Outputs['token']['list']>({ queryKey: getQueryKey(trpc.token.list) }, (page) =>
    page ? { ...page, tokens: page.tokens.map((token) => (ids.has(token.id) ? { ...token, ...change(token) } : token)) } : page,
  );
  client.setQueriesData<Outputs['token']['get']>({ queryKey: getQueryKey(trpc.token.get) }, (answer) =>
    answer && ids.has(answer.token.id) ? { token: { ...answer.token, ...change(answer.token) } } : answer,
  );
}

/** Fetches anew what shows tokens: after a change of any of them. */
export function useInvalidateTokens() {
  const utils = trpc.useUtils();
  return () =>
    Promise.all([
      utils.token.list.invalidate(),
      utils.token.get.invalidate(),
      utils.limit.status.invalidate(),
      utils.usage.summary.invalidate(),
      utils.usage.attention.invalidate(),
      utils.admin.audit.invalidate(),
    ]);
}

/** What was cached before a change, to put back when it fails. */
export function useTokenSnapshot() {
  const client = useQueryClient();
  const keys = [getQueryKey(trpc.token.list), getQueryKey(trpc.token.get)];
  return {
    async take() {
      await Promise.all(keys.map((queryKey) => client.cancelQueries({ queryKey })));
      return keys.flatMap((queryKey) => client.getQueriesData({ queryKey }));
    },
    restore(snapshot: [readonly unknown[], unknown][]) {
      for (const [queryKey, data] of snapshot) client.setQueryData(queryKey, data);
    },
  };
}
