import type { PortalKeyList } from '@latchkey/api/schemas';
import { useState } from 'react';
import type { ListKeysQuery } from '../client/portal-client.ts';
import { usePortal } from '../portal/portal-context.tsx';
import { type Loaded, useLoad } from '../portal/use-load.ts';

const PAGE = 50;

/** The first pages of the owner's keys, and one more when asked. Loads again whenever a key was changed. */
export function useKeyPages(query: Pick<ListKeysQuery, 'kind' | 'state'>): Loaded<PortalKeyList> & { readonly showMore: () => void } {
  const { client, revision } = usePortal();
  const [pages, setPages] = useState(1);
  const loaded = useLoad(`${query.kind} ${query.state} ${pages} ${revision}`, async () => {
    const offsets = Array.from({ length: pages }, (_, page) => page * PAGE);
    const lists = await Promise.all(offsets.map((offset) => client.listKeys({ ...query, limit: PAGE, offset })));
    return { keys: lists.flatMap(({ keys }) => keys), total: lists[0]?.total ?? 0 };
  });
  return { ...loaded, showMore: () => setPages(pages + 1) };
}
