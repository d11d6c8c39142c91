import type { PortalKey } from '@latchkey/api/schemas';
import { useState } from 'react';
import { usePortal } from '../portal/portal-context.tsx';
import { toPortalError } from '../portal/use-load.ts';
import { ConfirmDialog } from './confirm-dialog.tsx';
import { keyName } from './key-name.ts';
import { maskToken } from './mask-token.ts';

/** Ends a key, after a question that says what that means. Only for keys that can be revoked (S2-027). */
export function RevokeButton({ apiKey }: { readonly apiKey: PortalKey }) {
  const { client, notify, changed } = usePortal();
  const [asking, setAsking] = useState(false);
  const [pending, setPending] = useState(false);
  const name = keyName(apiKey);

  const revoke = async () => {
    setPending(true);
    try {
      const { message } = await client.revokeKey(apiKey.id);
      setAsking(false);
      notify({ kind: 'success', text: message });
      await changed();
    } catch (error) {
      setAsking(false);
      notify({ kind: 'error', text: toPortalError(error).message });
    } finally {
      setPending(false);
    }
  };

  return (
    <>
      <button aria-label={`Revoke ${name}`} className="api-keys-link" data-look="danger" onClick={() => setAsking(true)} type="button">
        Revoke
      </button>
      {asking && (
        <ConfirmDialog action="Revoke key" onCancel={() => setAsking(false)} onConfirm={revoke} pending={pending} title={`Revoke ${name}?`}>
          <p>
            Whatever uses <code>{maskToken(apiKey)}</code> is refused from its next request on. This can not be undone.
            {apiKey.requests24h > 0 && ` It was used ${apiKey.requests24h.toLocaleString('en')} times in the last 24 hours.`}
          </p>
        </ConfirmDialog>
      )}
    </>
  );
}
