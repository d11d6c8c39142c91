import { Button, Stack, Text } from '@mantine/core';
import { IconPlus, IconWebhook } from '@tabler/icons-react';
import { useNavigate } from '@tanstack/react-router';
import { useMemo, useState } from 'react';
import { useNow } from '../../lib/clock.ts';
import { formatExact, formatRelative } from '../../lib/format.ts';
import { type Outputs, trpc } from '../../lib/trpc.ts';
import { DataTable, type DataTableColumn } from '../../ui/data-table.tsx';
import { LinkAnchor } from '../../ui/link-button.tsx';
import { Pagination } from '../../ui/pagination.tsx';
import { CardHead, CardLine } from '../../ui/row-card.tsx';
import { SectionCard } from '../../ui/section-card.tsx';
import { EmptyState, ErrorState, LoadingBlock } from '../../ui/states.tsx';
import { useCanChange } from '../admin/use-me.ts';
import { useCreateWebhook } from './use-webhook-changes.ts';
import { WebhookFormDialog } from './webhook-form.tsx';
import { WebhookSecretDialog } from './webhook-secret-dialog.tsx';
import { describeEventTypes, type Webhook, WebhookState, webhookName } from './webhook-state.tsx';

const PAGE_SIZE = 50;

/** Where events of tokens are sent. */
export function WebhooksCard() {
  const [offset, setOffset] = useState(0);
  const query = trpc.webhook.list.useQuery({ limit: PAGE_SIZE, offset }, { refetchInterval: 10_000 });
  const canChange = useCanChange();
  const { add, dialogs } = useAddWebhook();
  const isEmpty = query.data?.total === 0;
  const button = (
    <Button variant="default" size="sm" leftSection={<IconPlus size={16} aria-hidden />} onClick={add}>
      Add webhook
    </Button>
  );
  return (
    <SectionCard
      title="Webhooks"
      description="Tell other systems what happens to tokens, signed and retried for a day."
      actions={canChange && query.data && !isEmpty && button}
      flush
    >
      {isEmpty && (
        <EmptyState icon={<IconWebhook size={22} />} title="Nothing is sent anywhere yet" action={canChange && button}>
          A webhook gets a message when a token is created, expires, is revoked, meets its limit or was found in public.
        </EmptyState>
      )}
      {query.data && !isEmpty && <WebhookTable page={query.data} onOffsetChange={setOffset} />}
      {!query.data && query.error && <ErrorState error={query.error} onRetry={() => void query.refetch()} />}
      {query.isPending && <LoadingBlock height={120} label="Loading webhooks" />}
      {dialogs}
    </SectionCard>
  );
}

/** The form, then the secret; the list is refreshed when that is put away. */
function useAddWebhook() {
  const utils = trpc.useUtils();
  const create = useCreateWebhook();
  const [adding, setAdding] = useState(false);
  const [added, setAdded] = useState<{ name: string; secret: string } | null>(null);
  const finish = () => {
    setAdded(null);
    void utils.webhook.invalidate();
  };
  const dialogs = (
    <>
      {adding && (
        <WebhookFormDialog
          title="Add a webhook"
          submitLabel="Add webhook"
          onClose={() => setAdding(false)}
          onSubmit={async (fields) => {
            const { webhook, secret } = await create.mutateAsync(fields);
            create.reset();
            setAdded({ name: webhookName(webhook), secret });
          }}
        />
      )}
      {added && <WebhookSecretDialog title="Webhook added" {...added} onClose={finish} />}
    </>
  );
  return { add: () => setAdding(true), dialogs };
}

function WebhookTable({ page, onOffsetChange }: { page: Outputs['webhook']['list']; onOffsetChange: (offset: number) => void }) {
  const navigate = useNavigate();
  const columns = useMemo(makeColumns, []);
  return (
    <>
      <DataTable
        label="Webhooks"
        columns={columns}
        rows={page.webhooks}
        getRowId={(webhook) => String(webhook.id)}
        onRowClick={({ id }) => void navigate({ to: '/settings/webhooks/$webhookId', params: { webhookId: String(id) } })}
        minWidth={640}
        renderCard={(webhook) => <WebhookCard webhook={webhook} />}
      />
      {page.total > page.limit && (
        <Pagination total={page.total} limit={page.limit} offset={page.offset} onOffsetChange={onOffsetChange} noun="webhooks" />
      )}
    </>
  );
}

function makeColumns(): DataTableColumn<Webhook>[] {
  return [
    { id: 'name', header: 'Sent to', cell: (webhook) => <WebhookName webhook={webhook} /> },
    { id: 'events', header: 'Events', width: 190, cell: (webhook) => describeEventTypes(webhook.eventTypes) },
    { id: 'state', header: 'State', width: 170, cell: (webhook) => <WebhookState webhook={webhook} /> },
    { id: 'waiting', header: 'Waiting', align: 'right', width: 90, cell: ({ pending }) => formatExact(pending) },
    { id: 'last', header: 'Last attempt', align: 'right', width: 150, cell: (webhook) => <LastAttempt webhook={webhook} /> },
  ];
}

function WebhookName({ webhook }: { webhook: Webhook }) {
  return (
    <Stack gap={0} miw={0}>
      <LinkAnchor to="/settings/webhooks/$webhookId" params={{ webhookId: String(webhook.id) }} size="sm" fw={500} className="lk-wrap">
        {webhookName(webhook)}
      </LinkAnchor>
      <Text size="xs" c="dimmed" className="lk-wrap" lineClamp={1}>
        {webhook.url}
      </Text>
    </Stack>
  );
}

function LastAttempt({ webhook }: { webhook: Webhook }) {
  const now = useNow();
  const { lastAttempt } = webhook;
  if (lastAttempt === null) return 'none yet';
  return (
    <Text size="sm" span style={{ whiteSpace: 'nowrap' }}>
      {lastAttempt.statusCode ?? 'No answer'} · {formatRelative(lastAttempt.at, now)}
    </Text>
  );
}

function WebhookCard({ webhook }: { webhook: Webhook }) {
  return (
    <Stack gap={6}>
      <CardHead>
        <WebhookName webhook={webhook} />
        <WebhookState webhook={webhook} />
      </CardHead>
      <CardLine>
        <Text size="sm" c="dimmed">
          {describeEventTypes(webhook.eventTypes)}
        </Text>
        <LastAttempt webhook={webhook} />
      </CardLine>
    </Stack>
  );
}
