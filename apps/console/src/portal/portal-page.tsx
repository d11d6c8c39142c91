import { ApiKeysPortal, createPortalClient, type PortalPage as Page, pageFromHash, pageToHash } from '@latchkey/portal';
import { useEffect, useState } from 'react';

/** The portal as a page of its own: which of its pages is shown stands in the address, so that Back and reload do what people expect. */
export function PortalPage({ link }: { readonly link: string | undefined }) {
  const [client] = useState(() => createPortalClient());
  const [page, setPage] = useState<Page>(() => pageFromHash(window.location.hash));
  useEffect(() => {
    const follow = () => setPage(pageFromHash(window.location.hash));
    window.addEventListener('popstate', follow);
    return () => window.removeEventListener('popstate', follow);
  }, []);
  const onPage = (to: Page) => {
    window.history.pushState(null, '', pageToHash(to));
    setPage(to);
    window.scrollTo(0, 0);
  };
  return <ApiKeysPortal client={client} link={link} onPage={onPage} page={page} />;
}
