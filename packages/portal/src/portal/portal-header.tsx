import type { PortalView } from '@latchkey/api/schemas';

/** Whose keys these are, and the way back to the application (S2-024). */
export function PortalHeader({ view }: { readonly view: PortalView }) {
  const { owner, returnUrl, returnText } = view;
  return (
    <header className="api-keys-header">
      {returnUrl !== null && (
        <a className="api-keys-return" href={returnUrl} rel="noreferrer">
          <span aria-hidden="true">← </span>
          {returnText}
        </a>
      )}
      {owner.name !== null && <span className="api-keys-owner">{owner.name}</span>}
    </header>
  );
}
