import { Box, Button, Code, Drawer, Group, Stack, Text, Title } from '@mantine/core';
import { IconRepeat } from '@tabler/icons-react';
import { useCanChange } from '../../features/admin/use-me.ts';
import { useReplayDelivery } from '../../features/webhook/use-webhook-changes.ts';
import { useNow } from '../../lib/clock.ts';
import { formatDateTime, formatMs, formatRelative } from '../../lib/format.ts';
import { useTimeRange } from '../../lib/time-range.ts';
import { type Outputs, trpc } from '../../lib/trpc.ts';
import { CopyButton } from '../../ui/copy-button.tsx';
import { LinkAnchor } from '../../ui/link-button.tsx';
import { ErrorState, LoadingBlock } from '../../ui/states.tsx';
import { StatusCode } from '../token/status-code.tsx';
import classes from './delivery-drawer.module.css';
import { DeliveryBadge } from './delivery-status.tsx';

type Delivery = Outputs['webhook']['delivery']['delivery'];

interface DeliveryDrawerProps {
  /** `null`: closed. */
  id: number | null;
  /** Whether its webhook is switched on. */
  active: boolean;
  onClose: () => void;
}

/** What was sent, each attempt with what came back, and a way to send it again. */
export function DeliveryDrawer({ id, active, onClose }: DeliveryDrawerProps) {
  return (
    <Drawer opened={id !== null} onClose={onClose} position="right" size="lg" title={<Text fw={600}>Delivery</Text>}>
      {id !== null && <Content id={id} active={active} />}
    </Drawer>
  );
}

function Content({ id, active }: { id: number; active: boolean }) {
  const { data, error, refetch } = trpc.webhook.delivery.useQuery(
    { id },
    { refetchInterval: ({ state }) => (state.data?.delivery.status === 'pending' ? 1_000 : 10_000) },
  );
  if (data) return <Details delivery={data.delivery} active={active} />;
  return error ? <ErrorState error={error} onRetry={() => void refetch()} /> : <LoadingBlock height={320} label="Loading delivery" />;
}

function Details({ delivery, active }: { delivery: Delivery; active: boolean }) {
  const payload = JSON.stringify(delivery.payload, null, 2);
  return (
    <Stack gap="lg">
      <Group justify="space-between" gap="xs">
        <Group gap="xs">
          <Code>{delivery.eventType}</Code>
          <DeliveryBadge status={delivery.status} />
        </Group>
        <Replay delivery={delivery} active={active} />
      </Group>
      <Facts delivery={delivery} />
      <Attempts delivery={delivery} />
      <section aria-label="What was sent">
        <Group justify="space-between" mb={6}>
          <Title order={3}>What was sent</Title>
          <CopyButton value={payload} label="Copy payload" />
        </Group>
        <CodeBlock text={payload} label="Payload" />
      </section>
    </Stack>
  );
}

function Replay({ delivery, active }: { delivery: Delivery; active: boolean }) {
  const canChange = useCanChange();
  const replay = useReplayDelivery();
  if (!canChange) return null;
  return (
    <Button
      size="xs"
      variant="default"
      leftSection={<IconRepeat size={14} aria-hidden />}
      onClick={() => replay.mutate({ id: delivery.id })}
      loading={replay.isPending}
      disabled={!active}
    >
      Send again
    </Button>
  );
}

function Facts({ delivery }: { delivery: Delivery }) {
  const { timeZone } = useTimeRange();
  const now = useNow();
  return (
    <dl className={classes.fields}>
      <dt>Event id</dt>
      <dd>
        <Group gap={4} wrap="nowrap">
          <Code className="lk-wrap">{delivery.eventId}</Code>
          <CopyButton value={delivery.eventId} label="Copy event id" />
        </Group>
      </dd>
      <dt>Occurred</dt>
      <dd>{formatDateTime(delivery.occurredAt, timeZone, 'full')}</dd>
      {delivery.tokenId !== null && (
        <>
          <dt>Token</dt>
          <dd>
            <LinkAnchor to="/api-tokens/$tokenId" params={{ tokenId: String(delivery.tokenId) }} size="sm">
              {delivery.tokenName ?? `Token ${delivery.tokenId}`}
            </LinkAnchor>
          </dd>
        </>
      )}
      {delivery.nextAttemptAt !== null && (
        <>
          <dt>Next attempt</dt>
          <dd>{formatRelative(delivery.nextAttemptAt, now)}</dd>
        </>
      )}
    </dl>
  );
}

function Attempts({ delivery: { attemptLog } }: { delivery: Delivery }) {
  return (
    <section aria-label="Attempts">
      <Title order={3} mb={6}>
        Attempts
      </Title>
      {attemptLog.length === 0 && (
        <Text size="sm" c="dimmed" role="status">
          None yet.
        </Text>
      )}
      <Stack gap="sm" component="ol" className={classes.attempts}>
        {attemptLog.map((attempt) => (
          <li key={attempt.number}>
            <Attempt attempt={attempt} />
          </li>
        ))}
      </Stack>
    </section>
  );
}

function Attempt({ attempt }: { attempt: Delivery['attemptLog'][number] }) {
  const { timeZone } = useTimeRange();
  return (
    <Box className={classes.attempt}>
      <Group justify="space-between" gap="xs">
        <Group gap="xs">
          <Text size="sm" c="dimmed">
            {attempt.number}.
          </Text>
          {attempt.statusCode === null ? (
            <Text size="sm" fw={500}>
              No answer
            </Text>
          ) : (
            <StatusCode status={attempt.statusCode} />
          )}
        </Group>
        <Text size="xs" c="dimmed">
          {formatDateTime(attempt.at, timeZone, 'full')} · {formatMs(attempt.durationMs)}
        </Text>
      </Group>
      {attempt.error && <Text size="sm">{attempt.error}</Text>}
      {attempt.responseExcerpt && <CodeBlock text={attempt.responseExcerpt} label={`Answer to attempt ${attempt.number}`} />}
    </Box>
  );
}

function CodeBlock({ text, label }: { text: string; label: string }) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls, and the keyboard must reach it to do so
    <section className={classes.code} tabIndex={0} aria-label={label}>
      <pre>{text}</pre>
    </section>
  );
}
