import { Alert, Code, Group, Table, Text } from '@mantine/core';
import { IconAlertTriangle } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import { useMemberName } from '../../features/admin/use-member-name.ts';
import { describeWebhook, type Webhook } from '../../features/webhook/webhook-state.tsx';
import { formatDateTime, formatExact } from '../../lib/format.ts';
import { useTimeRange } from '../../lib/time-range.ts';
import { SectionCard } from '../../ui/section-card.tsx';

/** What is sent, and how it goes. */
export function WebhookFacts({ webhook }: { webhook: Webhook }) {
  const { timeZone } = useTimeRange();
  const createdBy = useMemberName(webhook.createdBy);
  const at = (iso: string) => formatDateTime(iso, timeZone);
  return (
    <SectionCard title="About" flush>
      <Trouble webhook={webhook} />
      <Table verticalSpacing={8} horizontalSpacing="var(--lk-gutter)" variant="vertical">
        <Table.Tbody>
          <Fact name="Events">
            <EventTypes types={webhook.eventTypes} />
          </Fact>
          <Fact name="Secret">
            {webhook.previousSecretUntil === null
              ? 'Shown once, when it was made'
              : `Rotated; messages carry a signature of the old one as well until ${at(webhook.previousSecretUntil)}`}
          </Fact>
          <Fact name="Waiting">{describeWaiting(webhook.pending)}</Fact>
          <Fact name="Added">
            {at(webhook.createdAt)}
            {createdBy && ` by ${createdBy}`}
          </Fact>
        </Table.Tbody>
      </Table>
    </SectionCard>
  );
}

function describeWaiting(pending: number): string {
  if (pending === 0) return 'Nothing';
  return `${formatExact(pending)} ${pending === 1 ? 'delivery' : 'deliveries'}`;
}

function Trouble({ webhook }: { webhook: Webhook }) {
  const { timeZone } = useTimeRange();
  if (webhook.disabledReason === null && webhook.failingSince === null) return null;
  const { label, color, advice } = describeWebhook(webhook);
  return (
    <Alert color={color} variant="light" icon={<IconAlertTriangle aria-hidden />} title={label} mx="var(--lk-gutter)" mb="sm">
      <Text size="sm">{advice}</Text>
      {webhook.failingSince && <Text size="sm">Failing since {formatDateTime(webhook.failingSince, timeZone)}.</Text>}
      {webhook.lastAttempt?.error && <Text size="sm">Last: {webhook.lastAttempt.error}</Text>}
    </Alert>
  );
}

function EventTypes({ types }: { types: Webhook['eventTypes'] }) {
  if (types === null) return 'Every event';
  return (
    <Group gap={6}>
      {types.map((type) => (
        <Code key={type}>{type}</Code>
      ))}
    </Group>
  );
}

function Fact({ name, children }: { name: string; children: ReactNode }) {
  return (
    <Table.Tr>
      <Table.Th scope="row" w={{ base: 110, sm: 180 }} fw={500} bg="transparent">
        {name}
      </Table.Th>
      <Table.Td className="lk-wrap">{children}</Table.Td>
    </Table.Tr>
  );
}
