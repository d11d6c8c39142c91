import type { PortalKey } from '@latchkey/api/schemas';
import { useId, useState } from 'react';
import { usePortal } from '../portal/portal-context.tsx';
import { LoadFailed, Loading } from '../portal/states.tsx';
import { toPortalError, useLoad } from '../portal/use-load.ts';
import { CopyButton } from './copy-button.tsx';
import { environmentLabel } from './key-environment.ts';
import { keyName } from './key-name.ts';
import { maskToken } from './mask-token.ts';
import { TimeCell } from './time-cell.tsx';

/** The key that may be seen by everybody: shown again as often as its owner likes, or made with one button (S2-113, 114). */
export function PublishableSection({ canCreate }: { readonly canCreate: boolean }) {
  const { client, revision } = usePortal();
  const headingId = useId();
  const { data, error, reload } = useLoad(`publishable ${revision}`, () =>
    client.listKeys({ kind: 'publishable', state: 'active', limit: 10 }),
  );
  return (
    <section aria-labelledby={headingId} className="api-keys-section">
      <h2 className="api-keys-subheading" id={headingId}>
        Publishable key
      </h2>
      <p className="api-keys-muted">For apps and web pages that run on other people’s machines. Everybody may see it.</p>
      {!data && (error ? <LoadFailed error={error} retry={reload} what="your publishable key" /> : <Loading what="your publishable key" />)}
      {data?.keys.map((key) => (
        <PublishableKey apiKey={key} key={key.id} />
      ))}
      {data?.keys.length === 0 && !canCreate && <p className="api-keys-empty">You have no publishable key.</p>}
      {data && canCreate && <CreatePublishable />}
    </section>
  );
}

function PublishableKey({ apiKey }: { readonly apiKey: PortalKey }) {
  const { client, view, go, notify } = usePortal();
  const [token, setToken] = useState<string | null>(null);
  const name = keyName(apiKey);
  const show = async () => {
    try {
      setToken(await client.readViewableToken(apiKey.id));
    } catch (error) {
      notify({ kind: 'error', text: toPortalError(error).message });
    }
  };
  return (
    <div className="api-keys-card">
      <p className="api-keys-card-title">
        {name} <span className="api-keys-badge" data-kind="publishable">{`${environmentLabel(apiKey)} mode`}</span>
      </p>
      <p className="api-keys-token">
        <code>{token ?? maskToken(apiKey)}</code>
      </p>
      <p className="api-keys-muted">
        Last used: <TimeCell empty="never" instant={apiKey.lastUsedAt} /> · {apiKey.requests24h.toLocaleString('en')} requests in 24 hours
      </p>
      <div className="api-keys-actions">
        {apiKey.viewable && token === null && (
          <button aria-label={`Show ${name}`} className="api-keys-button" onClick={show} type="button">
            Show
          </button>
        )}
        {token !== null && <CopyButton text={token} what={name} />}
        <button
          aria-label={`Usage of ${name}`}
          className="api-keys-link"
          onClick={() => go({ name: 'usage', id: apiKey.id })}
          type="button"
        >
          Usage
        </button>
        {view.actions.includes('edit') && (
          <button aria-label={`Edit ${name}`} className="api-keys-link" onClick={() => go({ name: 'edit', id: apiKey.id })} type="button">
            Edit
          </button>
        )}
      </div>
    </div>
  );
}

function CreatePublishable() {
  const { client, notify, changed } = usePortal();
  const [pending, setPending] = useState(false);
  const create = async () => {
    setPending(true);
    try {
      const { message } = await client.createPublishableKey();
      notify({ kind: 'success', text: message });
    } catch (error) {
      const fault = toPortalError(error);
      const text = fault.code === 'LIMIT_REACHED' ? fault.message : `Failed to create key. ${fault.message}`;
      notify({ kind: 'error', text });
    } finally {
      setPending(false);
      await changed();
    }
  };
  return (
    <button aria-disabled={pending} className="api-keys-button" onClick={pending ? undefined : create} type="button">
      {pending ? 'One moment…' : 'Create Publishable Key'}
    </button>
  );
}
