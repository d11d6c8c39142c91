/** Which page of the portal is shown. */
export type PortalPage =
  | { readonly name: 'list' }
  | { readonly name: 'new' }
  | { readonly name: 'edit'; readonly id: number }
  | { readonly name: 'success'; readonly id: number }
  | { readonly name: 'usage'; readonly id: number };

/** `#/`, `#/new`, `#/7/edit`, `#/7/success`, `#/7/usage`: for hosts that keep the page in their address. */
export function pageToHash(page: PortalPage): string {
  if (page.name === 'list') return '#/';
  return page.name === 'new' ? '#/new' : `#/${page.id}/${page.name}`;
}

/** The page that a hash names; the list for anything else. */
export function pageFromHash(hash: string): PortalPage {
  if (hash === '#/new') return { name: 'new' };
  const [, id, name] = /^#\/([1-9]\d{0,9})\/(edit|success|usage)$/.exec(hash) ?? [];
  return id === undefined ? { name: 'list' } : { name: name as 'edit' | 'success' | 'usage', id: Number(id) };
}
