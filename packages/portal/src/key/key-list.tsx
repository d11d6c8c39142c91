import { Heading } from '../portal/heading.tsx';
import { usePortal } from '../portal/portal-context.tsx';
import { KeyTable } from './key-table.tsx';
import { PublishableSection } from './publishable-section.tsx';

/** The owner's keys: publishable, secret, and those that are over (S2-036, 113…116). */
export function KeyList({ focus }: { readonly focus: boolean }) {
  const { view, go } = usePortal();
  const { secret, publishable, actions } = view;
  return (
    <>
      <Heading focus={focus}>API keys</Heading>
      {publishable !== null && <PublishableSection canCreate={publishable.canCreate} />}
      {secret !== null && (
        <section className="api-keys-section">
          <div className="api-keys-bar">
            <h2 className="api-keys-subheading">Secret keys</h2>
            {secret.canCreate && (
              <button className="api-keys-button" data-look="primary" onClick={() => go({ name: 'new' })} type="button">
                Create new key
              </button>
            )}
          </div>
          <p className="api-keys-muted">For your servers. Never put one where other people can read it.</p>
          {!secret.canCreate && actions.includes('create') && (
            <p className="api-keys-muted">You have as many keys as you may have. Revoke one to make room for another.</p>
          )}
          <KeyTable caption="Active secret keys" empty="You have no active secret key." query={{ kind: 'secret', state: 'active' }} />
        </section>
      )}
      {secret !== null && (
        <section className="api-keys-section">
          <h2 className="api-keys-subheading">Inactive keys</h2>
          <KeyTable
            caption="Inactive secret keys"
            empty="None has expired or been revoked."
            query={{ kind: 'secret', state: 'inactive' }}
          />
        </section>
      )}
    </>
  );
}
