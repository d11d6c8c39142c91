import type { Token } from '@latchkey/api/schemas';
import { ActionIcon, Menu } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import {
  IconArrowRight,
  IconBan,
  IconCopy,
  IconCopyPlus,
  IconDots,
  IconPlayerPause,
  IconPlayerPlay,
  IconRefresh,
  IconTrash,
} from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import { useRef, useState } from 'react';
import { useCopy } from '../../lib/use-copy.ts';
import { useIsRevocable } from '../policy/use-is-revocable.ts';
import { EndTokenDialog, type TokenEnd } from './end-token-dialog.tsx';
import { tokenName } from './token-name.ts';
import { useSetTokenActive } from './use-set-token-active.tsx';

interface TokenMenuProps {
  token: Token;
  /** Viewers can open and copy, not change. */
  canChange: boolean;
  /** Left out on the token's own page. */
  withOpen?: boolean;
  onDeleted?: () => void;
}

/** Everything one can do with a token. */
export function TokenMenu({ token, canChange, withOpen = false, onDeleted }: TokenMenuProps) {
  const [ending, setEnding] = useState<TokenEnd | null>(null);
  const button = useRef<HTMLButtonElement>(null);
  return (
    <>
      <Menu position="bottom-end" withinPortal shadow="md" width={200} withInitialFocusPlaceholder={false}>
        <Menu.Target>
          <ActionIcon ref={button} variant="subtle" color="gray" size={30} aria-label={`Actions for ${tokenName(token)}`}>
            <IconDots size={18} aria-hidden />
          </ActionIcon>
        </Menu.Target>
        <Menu.Dropdown>
          {withOpen && <OpenItem id={token.id} />}
          <CopyIdItem id={token.id} />
          {canChange && <ChangeItems token={token} onOwnPage={!withOpen} onEnd={setEnding} />}
        </Menu.Dropdown>
      </Menu>
      {ending && (
        <EndTokenDialog
          token={token}
          end={ending}
          opener={button.current}
          onClose={() => setEnding(null)}
          onDone={ending === 'delete' ? onDeleted : undefined}
        />
      )}
    </>
  );
}

function OpenItem({ id }: { id: number }) {
  return (
    <Menu.Item
      leftSection={<IconArrowRight size={16} aria-hidden />}
      renderRoot={(props) => <Link to="/api-tokens/$tokenId" params={{ tokenId: String(id) }} {...props} />}
    >
      Open
    </Menu.Item>
  );
}

function CopyIdItem({ id }: { id: number }) {
  const { copy } = useCopy();
  const copyId = async () => {
    const copied = await copy(String(id));
    notifications.show(
      copied ? { message: `Id ${id} copied.`, autoClose: 2_000 } : { color: 'red', message: `Not copied. The id is ${id}.` },
    );
  };
  return (
    <Menu.Item leftSection={<IconCopy size={16} aria-hidden />} onClick={() => void copyId()}>
      Copy id
    </Menu.Item>
  );
}

interface ChangeItemsProps {
  token: Token;
  /** Its view – the tab, the time – stays as it is. */
  onOwnPage: boolean;
  onEnd: (end: TokenEnd) => void;
}

function ChangeItems({ token, onOwnPage, onEnd }: ChangeItemsProps) {
  const { setActive } = useSetTokenActive();
  const revoked = token.status === 'revoked';
  const revocable = useIsRevocable(token);
  return (
    <>
      {!revoked && (
        <Menu.Item
          leftSection={token.active ? <IconPlayerPause size={16} aria-hidden /> : <IconPlayerPlay size={16} aria-hidden />}
          onClick={() => void setActive({ ids: [token.id], active: !token.active, subject: tokenName(token) })}
        >
          {token.active ? 'Switch off' : 'Switch on'}
        </Menu.Item>
      )}
      {!revoked && (
        <Menu.Item
          leftSection={<IconRefresh size={16} aria-hidden />}
          renderRoot={(props) => (
            <Link
              to="/api-tokens/$tokenId"
              params={{ tokenId: String(token.id) }}
              search={(current: object) => ({ ...(onOwnPage ? current : {}), rotate: true as const })}
              {...props}
            />
          )}
        >
          Rotate…
        </Menu.Item>
      )}
      <Menu.Item
        leftSection={<IconCopyPlus size={16} aria-hidden />}
        renderRoot={(props) => <Link to="/api-tokens/new" search={{ copyOf: token.id }} {...props} />}
      >
        Duplicate
      </Menu.Item>
      {revocable && (
        <>
          <Menu.Divider />
          {!revoked && (
            <Menu.Item c="var(--lk-bad)" leftSection={<IconBan size={16} aria-hidden />} onClick={() => onEnd('revoke')}>
              Revoke…
            </Menu.Item>
          )}
          <Menu.Item c="var(--lk-bad)" leftSection={<IconTrash size={16} aria-hidden />} onClick={() => onEnd('delete')}>
            Delete…
          </Menu.Item>
        </>
      )}
    </>
  );
}
