import type { PortalKey } from '@latchkey/api/schemas';
import { usePortal } from '../portal/portal-context.tsx';
import { environmentLabel } from './key-environment.ts';
import { keyName } from './key-name.ts';
import { keyTypeLabel } from './key-type.ts';
import { maskToken } from './mask-token.ts';
import { RevokeButton } from './revoke-button.tsx';
import { StatusBadge } from './status-badge.tsx';
import { TimeCell } from './time-cell.tsx';

/** One key in the list. `apiKey`, because `key` is React's own. */
export function KeyRow({ apiKey }: { readonly apiKey: PortalKey }) {
  const { view, go } = usePortal();
  const { id, status, scopes } = apiKey;
  const live = status === 'active' || status === 'disabled';
  const type = keyTypeLabel(apiKey);
  const name = keyName(apiKey);
  return (
    <tr>
      <th className="api-keys-name" scope="row">
        <span>{name}</span>
        <span className="api-keys-scopes">{scopes.join(', ')}</span>
      </th>
      <td data-label="Key">
        <code>{maskToken(apiKey)}</code>{' '}
        <span className="api-keys-badges">
          {type !== null && <span className="api-keys-badge">{type}</span>}
          <span className="api-keys-badge">{environmentLabel(apiKey)}</span>
        </span>
      </td>
      <td data-label="Status">
        <StatusBadge status={status} />
      </td>
      <td data-label="Last used">
        <TimeCell empty="Never" instant={apiKey.lastUsedAt} />
      </td>
      <td data-label="Expires">
        <TimeCell empty="Never" instant={apiKey.expiresAt} />
      </td>
      <td data-align="end" data-label="24 hours">
        {apiKey.requests24h.toLocaleString('en')}
      </td>
      <td className="api-keys-row-actions">
        <button aria-label={`Usage of ${name}`} className="api-keys-link" onClick={() => go({ name: 'usage', id })} type="button">
          Usage
        </button>
        {live && view.actions.includes('edit') && (
          <button aria-label={`Edit ${name}`} className="api-keys-link" onClick={() => go({ name: 'edit', id })} type="button">
            Edit
          </button>
        )}
        {live && apiKey.revocable && view.actions.includes('revoke') && <RevokeButton apiKey={apiKey} />}
      </td>
    </tr>
  );
}
