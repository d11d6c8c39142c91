import { trpc } from '../../lib/trpc.ts';

/** Deletes a token with its usage. Its own page is left alone: the caller goes elsewhere first, a refetch there could only be a 404. */
export function useDeleteToken() {
  const utils = trpc.useUtils();
  return trpc.token.delete.useMutation({
    onSuccess: () =>
      Promise.all([
        utils.token.list.invalidate(),
        utils.usage.summary.invalidate(),
        utils.usage.topTokens.invalidate(),
        utils.usage.attention.invalidate(),
        utils.admin.audit.invalidate(),
      ]),
  });
}
