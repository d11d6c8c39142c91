import { Alert, Button, Group, Modal, Stack, Text, TextInput } from '@mantine/core';
import { IconAlertTriangle } from '@tabler/icons-react';
import { useEffect, useState } from 'react';
import { formatExact, formatRelative, isolate } from '../../lib/format.ts';
import { readRequestError } from '../../lib/request-error.ts';
import { type Outputs, trpc } from '../../lib/trpc.ts';
import { SubmitButton } from '../../ui/submit-button.tsx';
import { announceChange } from '../gateway/announce-change.tsx';
import { tokenName } from './token-name.ts';
import { useDeleteToken } from './use-delete-token.ts';
import { useRevokeToken } from './use-revoke-token.ts';

export type TokenEnd = 'revoke' | 'delete';

interface EndTokenDialogProps {
  token: { id: number; name: string | null };
  end: TokenEnd;
  /** Gets the focus back: what opened the dialog. */
  opener: HTMLElement | null;
  onClose: () => void;
  /** Called before lists are fetched anew, e.g. to leave the page of a deleted token. */
  onDone?: () => void;
}

const TEXTS = {
  revoke: {
    title: 'Revoke',
    button: 'Revoke token',
    done: 'revoked',
    what: 'Every request with it is refused from now on. This is permanent: it cannot be switched on again. Its usage stays.',
  },
  delete: {
    title: 'Delete',
    button: 'Delete token',
    done: 'deleted',
    what: 'The token and all its recorded usage are removed. This cannot be undone.',
  },
} as const;

const DAY = 86_400_000;

/** Confirms the end of a token, naming what it would break. In use within a day: its name has to be typed. */
export function EndTokenDialog({ token, end, opener, onClose, onDone }: EndTokenDialogProps) {
  useEffect(() => () => opener?.focus(), [opener]);
  const [typed, setTyped] = useState('');
  const impact = trpc.token.impact.useQuery({ id: token.id }, { staleTime: 0, gcTime: 0 });
  const revoke = useRevokeToken();
  const remove = useDeleteToken();
  const mutation = end === 'revoke' ? revoke : remove;
  const texts = TEXTS[end];
  const mustType = isInUse(impact.data?.lastUsedAt ?? null);
  const ready = !impact.isPending && (!mustType || typed.trim() === tokenName(token).trim());
  const finish = ({ effective }: Outputs['token'][TokenEnd]) => {
    announceChange(`${isolate(shorten(tokenName(token)))} ${texts.done}.`, effective);
    onDone?.();
    onClose();
  };

  return (
    <Modal
      opened
      onClose={mutation.isPending ? () => {} : onClose}
      title={`${texts.title} “${isolate(shorten(tokenName(token)))}”?`}
      size="md"
    >
      <form
        onSubmit={(event) => {
          event.preventDefault();
          if (ready) mutation.mutate({ id: token.id }, { onSuccess: finish });
        }}
      >
        <Stack gap="md">
          <Text size="sm">{texts.what}</Text>
          <Impact data={impact.data} error={impact.error} />
          {mustType && (
            <TextInput
              label={
                <>
                  Type <b className="lk-wrap">{tokenName(token)}</b> to confirm
                </>
              }
              value={typed}
              onChange={(event) => setTyped(event.currentTarget.value)}
              autoComplete="off"
              spellCheck={false}
            />
          )}
          {mutation.error && (
            <Alert color="red" variant="light" role="alert">
              {readRequestError(mutation.error).message}
            </Alert>
          )}
          <Group justify="flex-end">
            <Button variant="default" onClick={onClose} disabled={mutation.isPending} data-autofocus>
              Cancel
            </Button>
            <SubmitButton color="red" loading={mutation.isPending} disabled={!ready}>
              {texts.button}
            </SubmitButton>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}

function Impact({ data, error }: { data: Outputs['token']['impact'] | undefined; error: unknown }) {
  if (error) return <Alert color="yellow">Its traffic of the last hour could not be read: {readRequestError(error).message}</Alert>;
  if (!data)
    return (
      <Text size="sm" c="dimmed">
        Looking at its traffic of the last hour…
      </Text>
    );
  if (data.requestsLastHour === 0) {
    return (
      <Text size="sm" c="dimmed">
        No requests in the last hour; last used: {formatRelative(data.lastUsedAt)}.
      </Text>
    );
  }
  return (
    <Alert color="red" variant="light" icon={<IconAlertTriangle size={18} aria-hidden />}>
      <b>
        {plural(data.requestsLastHour, 'request')} in the last hour from {plural(data.addressesLastHour, 'address', 'addresses')}
      </b>{' '}
      would have been refused.
    </Alert>
  );
}

function isInUse(lastUsedAt: string | null): boolean {
  return lastUsedAt !== null && Date.now() - Date.parse(lastUsedAt) < DAY;
}

function plural(count: number, one: string, many = `${one}s`): string {
  return `${formatExact(count)} ${count === 1 ? one : many}`;
}

function shorten(name: string): string {
  return name.length > 60 ? `${name.slice(0, 59)}…` : name;
}
