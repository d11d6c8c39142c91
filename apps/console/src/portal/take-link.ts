const LINK = '#token=';

/** The secret of the link in the address, which is gone from there and from the history once it has been read; `null`: there is none. */
export function takeLink(): string | null {
  const { hash, pathname, search } = window.location;
  if (!hash.startsWith(LINK)) return null;
  window.history.replaceState(null, '', `${pathname}${search}#/`);
  return hash.slice(LINK.length);
}
