import { type CSSProperties, useCallback, useEffect, useMemo, useState } from 'react';
import { createPortalClient, type PortalClient } from '../client/portal-client.ts';
import { watchClient } from '../client/watch-client.ts';
import { EditKeyPage } from '../key/edit-key-page.tsx';
import { KeyList } from '../key/key-list.tsx';
import { KeySuccessPage } from '../key/key-success-page.tsx';
import { NewKeyPage } from '../key/new-key-page.tsx';
import { UsagePage } from '../usage/usage-page.tsx';
import { NoticeLine } from './notice-line.tsx';
import { type Notice, PortalContext, type PortalScene } from './portal-context.tsx';
import { PortalHeader } from './portal-header.tsx';
import type { PortalPage } from './portal-view.ts';
import { LoadFailed, Loading, SessionOver } from './states.tsx';
import { useLoad } from './use-load.ts';

export interface ApiKeysPortalProps {
  /** The secret of a link, what follows `#token=`; absent: the session is open already. */
  readonly link?: string | undefined;
  /** Default: one for the page's own origin. Make it once, outside of the component. */
  readonly client?: PortalClient | undefined;
  /** For hosts that keep the page in their address, together with `onPage`; absent: the component keeps it. */
  readonly page?: PortalPage | undefined;
  readonly onPage?: ((page: PortalPage) => void) | undefined;
  /** Default: what the system says. */
  readonly colorScheme?: 'light' | 'dark' | 'auto' | undefined;
  /** Whether owner and way back stand above; default `true`. */
  readonly header?: boolean | undefined;
}

const LIST: PortalPage = { name: 'list' };

/**
 * The whole of the self-service portal: list, form, one-time reveal, usage. Needs `@latchkey/portal/portal.css`, and takes its colours
 * from `--api-keys-…` variables: the session's, else the host's, else its own.
 */
export function ApiKeysPortal({ link, client: given, page: named, onPage, colorScheme = 'auto', header = true }: ApiKeysPortalProps) {
  const [own, setOwn] = useState<PortalPage>(LIST);
  const [notice, setNotice] = useState<Notice | null>(null);
  const [fresh, setFresh] = useState<PortalScene['fresh']>(null);
  const [revision, setRevision] = useState(0);
  const [moved, setMoved] = useState(false);
  const [refused, setRefused] = useState(false);
  const client = useMemo(() => watchClient(given ?? createPortalClient(), () => setRefused(true)), [given]);
  const page = named ?? own;

  const session = useLoad(`session ${link ?? ''}`, async () => {
    if (link !== undefined) await client.open(link);
    return client.readSession();
  });
  const view = session.data;

  const go = useCallback(
    (to: PortalPage, next: Notice | null = null) => {
      setNotice(next);
      setMoved(true);
      if (to.name !== 'success') setFresh(null);
      setOwn(to);
      onPage?.(to);
    },
    [onPage],
  );
  const { reload } = session;
  useAskAtEnd(view?.expiresAt ?? null, reload);
  const changed = useCallback(async () => {
    setRevision((before) => before + 1);
    await reload();
  }, [reload]);

  const scene: PortalScene | null = view && { client, view, page, go, notify: setNotice, revision, changed, fresh, setFresh };
  const style = view?.theme as CSSProperties | undefined;
  return (
    <div className="api-keys" data-color-scheme={colorScheme} style={style}>
      <div className="api-keys-body">
        {refused && <SessionOver back={backOf(view)} />}
        {!refused && !scene && session.error && <LoadFailed error={session.error} retry={reload} what="your API keys" />}
        {!refused && !scene && !session.error && <Loading what="your API keys" />}
        {!refused && scene && (
          <PortalContext value={scene}>
            {header && <PortalHeader view={scene.view} />}
            <NoticeLine notice={notice} />
            <Page focusList={moved} page={page} />
          </PortalContext>
        )}
      </div>
    </div>
  );
}

/** At the end of the session the server is asked, because the clock of this machine may be wrong. */
function useAskAtEnd(expiresAt: string | null, ask: () => Promise<void>): void {
  useEffect(() => {
    if (expiresAt === null) return;
    const timer = setTimeout(ask, Math.max(0, Date.parse(expiresAt) - Date.now()));
    return () => clearTimeout(timer);
  }, [expiresAt, ask]);
}

/** A page of another key is another page: nothing typed or revealed on the one is there on the other. */
function Page({ page, focusList }: { readonly page: PortalPage; readonly focusList: boolean }) {
  switch (page.name) {
    case 'list':
      return <KeyList focus={focusList} />;
    case 'new':
      return <NewKeyPage />;
    case 'edit':
      return <EditKeyPage id={page.id} key={page.id} />;
    case 'success':
      return <KeySuccessPage id={page.id} key={page.id} />;
    case 'usage':
      return <UsagePage id={page.id} key={page.id} />;
  }
}

function backOf(view: PortalScene['view'] | null): { url: string; text: string } | null {
  return view?.returnUrl ? { url: view.returnUrl, text: view.returnText } : null;
}
