import { type KeyStatus, keyStatusInfo } from './key-status.ts';

/** The status of a key, in a word and a colour (S2-104…106, 127). */
export function StatusBadge({ status }: { readonly status: KeyStatus }) {
  const { label, color } = keyStatusInfo(status);
  return (
    <span className="api-keys-status" data-color={color}>
      {label}
    </span>
  );
}
