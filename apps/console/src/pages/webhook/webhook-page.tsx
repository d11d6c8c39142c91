import { Button, Group, Menu, Stack, Text } from '@mantine/core';
import {
  IconArrowLeft,
  IconDots,
  IconPencil,
  IconPlayerPause,
  IconPlayerPlay,
  IconRefresh,
  IconSend,
  IconTrash,
  IconWebhookOff,
} from '@tabler/icons-react';
import { useNavigate, useParams } from '@tanstack/react-router';
import { useState } from 'react';
import { useCanChange } from '../../features/admin/use-me.ts';
import {
  useDeleteWebhook,
  useRotateWebhookSecret,
  useSendTest,
  useSetWebhookActive,
  useUpdateWebhook,
} from '../../features/webhook/use-webhook-changes.ts';
import { WebhookFormDialog } from '../../features/webhook/webhook-form.tsx';
import { WebhookSecretDialog } from '../../features/webhook/webhook-secret-dialog.tsx';
import { type Webhook, WebhookState, webhookName } from '../../features/webhook/webhook-state.tsx';
import { readRequestError } from '../../lib/request-error.ts';
import { trpc } from '../../lib/trpc.ts';
import { usePatchSearch } from '../../lib/use-patch-search.ts';
import { ConfirmDialog } from '../../ui/confirm-dialog.tsx';
import { LinkAnchor, LinkButton } from '../../ui/link-button.tsx';
import { PageHeader } from '../../ui/page-header.tsx';
import { EmptyState, ErrorState, LoadingBlock } from '../../ui/states.tsx';
import { DeliveryLog } from './delivery-log.tsx';
import { WebhookFacts } from './webhook-facts.tsx';
import type { WebhookSearch } from './webhook-search.ts';

export function WebhookPage() {
  const { webhookId } = useParams({ strict: false });
  const id = /^[1-9]\d{0,8}$/.test(webhookId ?? '') ? Number(webhookId) : null;
  return id === null ? <NoSuchWebhook /> : <KnownWebhook key={id} id={id} />;
}

function KnownWebhook({ id }: { id: number }) {
  const { data, error, refetch } = trpc.webhook.get.useQuery({ id }, { refetchInterval: 5_000 });
  if (data) return <WebhookView webhook={data.webhook} />;
  if (error && readRequestError(error).kind === 'not_found') return <NoSuchWebhook />;
  return (
    <>
      <PageHeader title="Webhook" />
      {error ? <ErrorState error={error} onRetry={() => void refetch()} /> : <LoadingBlock height={480} label="Loading webhook" />}
    </>
  );
}

function WebhookView({ webhook }: { webhook: Webhook }) {
  const canChange = useCanChange();
  return (
    <>
      <BackToSettings />
      <PageHeader
        title={webhookName(webhook)}
        documentTitle={`${webhookName(webhook)} · Webhooks`}
        badge={<WebhookState webhook={webhook} />}
        description={webhook.url}
        actions={canChange && <Actions webhook={webhook} />}
      />
      <Stack gap="md">
        <WebhookFacts webhook={webhook} />
        <DeliveryLog webhook={webhook} />
      </Stack>
    </>
  );
}

function BackToSettings() {
  return (
    <LinkAnchor to="/settings" size="sm" mb={4} display="inline-flex" style={{ alignItems: 'center', gap: 4 }}>
      <IconArrowLeft size={14} aria-hidden />
      Back to settings
    </LinkAnchor>
  );
}

type Open = 'edit' | 'rotate' | 'delete' | null;

function Actions({ webhook }: { webhook: Webhook }) {
  const [open, setOpen] = useState<Open>(null);
  const test = useSendTest();
  const setActive = useSetWebhookActive();
  const patch = usePatchSearch<WebhookSearch>();
  const close = () => setOpen(null);
  const { id, active } = webhook;
  const send = () =>
    test.mutate({ id }, { onSuccess: ({ delivery }) => patch({ delivery: delivery.id, status: undefined, page: undefined }) });
  return (
    <>
      <Button
        variant="default"
        size="sm"
        leftSection={<IconSend size={16} aria-hidden />}
        onClick={send}
        loading={test.isPending}
        disabled={!active}
      >
        Send test
      </Button>
      <Button variant="default" size="sm" leftSection={<IconPencil size={16} aria-hidden />} onClick={() => setOpen('edit')}>
        Edit
      </Button>
      <Menu position="bottom-end">
        <Menu.Target>
          <Button variant="default" size="sm" px={9} aria-label="More actions">
            <IconDots size={16} aria-hidden />
          </Button>
        </Menu.Target>
        <Menu.Dropdown>
          <Menu.Item
            leftSection={active ? <IconPlayerPause size={16} aria-hidden /> : <IconPlayerPlay size={16} aria-hidden />}
            onClick={() => setActive.mutate({ id, active: !active })}
          >
            {active ? 'Switch off' : 'Switch on'}
          </Menu.Item>
          <Menu.Item leftSection={<IconRefresh size={16} aria-hidden />} onClick={() => setOpen('rotate')}>
            Rotate secret
          </Menu.Item>
          <Menu.Divider />
          <Menu.Item color="red" leftSection={<IconTrash size={16} aria-hidden />} onClick={() => setOpen('delete')}>
            Delete
          </Menu.Item>
        </Menu.Dropdown>
      </Menu>
      {open === 'edit' && <EditDialog webhook={webhook} onClose={close} />}
      {open === 'delete' && <DeleteDialog webhook={webhook} onClose={close} />}
      <RotateDialogs webhook={webhook} asking={open === 'rotate'} onClose={close} />
    </>
  );
}

function EditDialog({ webhook, onClose }: { webhook: Webhook; onClose: () => void }) {
  const update = useUpdateWebhook();
  return (
    <WebhookFormDialog
      title="Edit webhook"
      submitLabel="Save"
      webhook={webhook}
      onSubmit={(fields) => update.mutateAsync({ id: webhook.id, ...fields })}
      onClose={onClose}
    />
  );
}

/** The question, then the secret. */
function RotateDialogs({ webhook, asking, onClose }: { webhook: Webhook; asking: boolean; onClose: () => void }) {
  const utils = trpc.useUtils();
  const rotate = useRotateWebhookSecret();
  const [secret, setSecret] = useState<string | null>(null);
  const confirm = () =>
    rotate.mutate(
      { id: webhook.id },
      {
        onSuccess: (answer) => {
          setSecret(answer.secret);
          rotate.reset();
        },
        onSettled: onClose,
      },
    );
  const finish = () => {
    setSecret(null);
    void utils.webhook.invalidate();
  };
  return (
    <>
      {asking && (
        <ConfirmDialog
          opened
          onClose={onClose}
          onConfirm={confirm}
          title={`Rotate the secret of ${webhookName(webhook)}?`}
          confirmLabel="Rotate secret"
          pending={rotate.isPending}
        >
          A new secret takes its place. For 24 hours messages are signed with both, so that the receiver can be changed without a gap.
        </ConfirmDialog>
      )}
      {secret !== null && <WebhookSecretDialog title="Secret rotated" name={webhookName(webhook)} secret={secret} onClose={finish} />}
    </>
  );
}

function DeleteDialog({ webhook, onClose }: { webhook: Webhook; onClose: () => void }) {
  const remove = useDeleteWebhook();
  const navigate = useNavigate();
  const confirm = () => remove.mutate({ id: webhook.id }, { onSuccess: () => void navigate({ to: '/settings' }), onError: onClose });
  return (
    <ConfirmDialog
      opened
      onClose={onClose}
      onConfirm={confirm}
      title={`Delete ${webhookName(webhook)}?`}
      confirmLabel="Delete webhook"
      tone="danger"
      pending={remove.isPending}
    >
      Nothing more is sent to {webhook.url}, and its delivery log goes with it. To keep the log, switch it off instead.
    </ConfirmDialog>
  );
}

function NoSuchWebhook() {
  return (
    <>
      <PageHeader title="Webhook not found" />
      <EmptyState
        icon={<IconWebhookOff size={22} />}
        title="There is no such webhook"
        action={
          <Group>
            <LinkButton to="/settings" variant="default">
              Go to settings
            </LinkButton>
          </Group>
        }
      >
        <Text size="sm">It may have been deleted.</Text>
      </EmptyState>
    </>
  );
}
