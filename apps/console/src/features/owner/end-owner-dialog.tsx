import { Alert, Button, Group, Modal, Radio, Stack, Text, TextInput } from '@mantine/core';
import { IconAlertTriangle } from '@tabler/icons-react';
import { useEffect, useState } from 'react';
import { formatExact, formatRelative, isolate } from '../../lib/format.ts';
import { readRequestError } from '../../lib/request-error.ts';
import type { Outputs } from '../../lib/trpc.ts';
import { SubmitButton } from '../../ui/submit-button.tsx';
import { announceChange } from '../gateway/announce-change.tsx';
import { useEndOwner } from './use-end-owner.ts';

type Owner = Outputs['owner']['list']['owners'][number];

interface EndOwnerDialogProps {
  owner: Owner;
  /** Gets the focus back: what opened the dialog. */
  opener: HTMLElement | null;
  onClose: () => void;
}

/** Confirms the end of all tokens of an owner: says what it would break, and wants the id typed. */
export function EndOwnerDialog({ owner, opener, onClose }: EndOwnerDialogProps) {
  useEffect(() => () => opener?.focus(), [opener]);
  const [typed, setTyped] = useState('');
  const [keepHistory, setKeepHistory] = useState(true);
  const end = useEndOwner();
  const { ownerType, ownerId } = owner;
  const ready = typed.trim() === ownerId.trim();
  const finish = ({ ids, effective }: Outputs['owner']['end']) => {
    const what = `${formatExact(ids.length)} ${ids.length === 1 ? 'token' : 'tokens'} of ${ownerType} ${isolate(ownerId)}`;
    announceChange(`${what} ${keepHistory ? 'revoked' : 'deleted'}.`, effective);
    onClose();
  };
  return (
    <Modal opened onClose={end.isPending ? () => {} : onClose} title={<Text fw={600}>End this owner’s tokens?</Text>} size="md">
      <form
        onSubmit={(event) => {
          event.preventDefault();
          if (ready) end.mutate({ ownerType, ownerId, keepHistory }, { onSuccess: finish });
        }}
      >
        <Stack gap="md">
          <Text size="sm" className="lk-wrap">
            Every token of{' '}
            <b>
              {ownerType} {ownerId}
            </b>{' '}
            is refused from now on, also those of types that cannot be revoked one by one. This is permanent.
          </Text>
          <Impact owner={owner} />
          <Radio.Group
            label="What stays"
            value={keepHistory ? 'history' : 'nothing'}
            onChange={(value) => setKeepHistory(value === 'history')}
          >
            <Stack gap="xs" mt={6}>
              <Radio value="history" label="Revoke them" description="The tokens stay in the list, with their usage." />
              <Radio value="nothing" label="Delete them" description="They go, together with all their recorded usage." />
            </Stack>
          </Radio.Group>
          <TextInput
            label={
              <>
                Type <b className="lk-wrap">{ownerId}</b> to confirm
              </>
            }
            value={typed}
            onChange={(event) => setTyped(event.currentTarget.value)}
            autoComplete="off"
            spellCheck={false}
          />
          {end.error && (
            <Alert color="red" variant="light" role="alert">
              {readRequestError(end.error).message}
            </Alert>
          )}
          <Group justify="flex-end">
            <Button variant="default" onClick={onClose} disabled={end.isPending} data-autofocus>
              Cancel
            </Button>
            <SubmitButton color="red" loading={end.isPending} disabled={!ready}>
              End tokens
            </SubmitButton>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}

function Impact({ owner }: { owner: Owner }) {
  const working = `Active tokens: ${formatExact(owner.active)} of ${formatExact(owner.tokens)}`;
  if (owner.requests24h === 0) {
    return (
      <Text size="sm" c="dimmed">
        {working}. No requests in the last 24 hours; last used: {formatRelative(owner.lastUsedAt)}.
      </Text>
    );
  }
  return (
    <Alert color="red" variant="light" icon={<IconAlertTriangle size={18} aria-hidden />}>
      {working}. <b>{formatExact(owner.requests24h)} requests in the last 24 hours</b> would have been refused.
    </Alert>
  );
}
