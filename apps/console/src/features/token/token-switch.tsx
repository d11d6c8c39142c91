import type { Token } from '@latchkey/api/schemas';
import { Switch } from '@mantine/core';
import { tokenName } from './token-name.ts';
import { useSetTokenActive } from './use-set-token-active.tsx';

interface TokenSwitchProps {
  token: Token;
  /** Viewers see the state and cannot change it. */
  readOnly: boolean;
  label?: string;
}

export function TokenSwitch({ token, readOnly, label }: TokenSwitchProps) {
  const { setActive } = useSetTokenActive();
  return (
    <Switch
      checked={token.active && token.status !== 'revoked'}
      disabled={readOnly || token.status === 'revoked'}
      label={label}
      aria-label={label ? undefined : `${tokenName(token)} is switched on`}
      onChange={(event) => void setActive({ ids: [token.id], active: event.currentTarget.checked, subject: tokenName(token) })}
    />
  );
}
