import { Badge, Code, Group, Stack, Text, Tooltip } from '@mantine/core';
import { IconShieldCheck } from '@tabler/icons-react';
import { useMemo } from 'react';
import { useNow } from '../../lib/clock.ts';
import { formatDateTime, formatExact, formatRelative } from '../../lib/format.ts';
import { type Outputs, trpc } from '../../lib/trpc.ts';
import { DataTable, type DataTableColumn } from '../../ui/data-table.tsx';
import { SectionCard } from '../../ui/section-card.tsx';
import { EmptyState } from '../../ui/states.tsx';
import { CardQuery } from './card-query.tsx';

type Attempt = Outputs['usage']['unknownAttempts']['attempts'][number];

/** Requests whose token nobody has: a typo, a deleted token, or somebody guessing. */
export function UnknownAttemptsCard({ timeZone }: { timeZone: string }) {
  const query = trpc.usage.unknownAttempts.useQuery({ limit: 8 }, { refetchInterval: 15_000 });
  const columns = useMemo(() => makeColumns(timeZone), [timeZone]);
  return (
    <SectionCard
      title="Attempts with unknown tokens"
      description="Typos, deleted tokens, or somebody guessing. Of each text only a fingerprint is kept."
      flush
    >
      <CardQuery query={query} height={180}>
        {({ attempts }) =>
          attempts.length === 0 ? (
            <EmptyState icon={<IconShieldCheck size={22} />} title="None" />
          ) : (
            <DataTable
              label="Attempts with unknown tokens"
              columns={columns}
              rows={attempts}
              getRowId={(row) => `${row.fingerprint} ${row.ipAddress}`}
              renderCard={(row) => <AttemptCard attempt={row} timeZone={timeZone} />}
            />
          )
        }
      </CardQuery>
    </SectionCard>
  );
}

function makeColumns(timeZone: string): DataTableColumn<Attempt>[] {
  return [
    { id: 'fingerprint', header: 'Fingerprint', cell: (row) => <Code>{row.fingerprint.slice(0, 12)}</Code> },
    { id: 'reason', header: 'Why', cell: (row) => <Reason reason={row.reason} /> },
    { id: 'address', header: 'From', cell: (row) => row.ipAddress ?? '—' },
    { id: 'attempts', header: 'Attempts', align: 'right', cell: (row) => formatExact(row.attempts) },
    { id: 'first', header: 'First', align: 'right', cell: (row) => <When at={row.firstAt} timeZone={timeZone} /> },
    { id: 'last', header: 'Last', align: 'right', cell: (row) => <When at={row.lastAt} timeZone={timeZone} /> },
  ];
}

function Reason({ reason }: { reason: Attempt['reason'] }) {
  const malformed = reason === 'malformed';
  return (
    <Tooltip
      label={
        malformed
          ? 'Not the shape of a token, or its checksum is wrong: mistyped or cut short'
          : 'The shape is right, but there is no such token'
      }
    >
      <Badge variant="light" color={malformed ? 'gray' : 'orange'} radius="sm" tt="none" fw={500} tabIndex={0}>
        {malformed ? 'Malformed' : 'Unknown'}
      </Badge>
    </Tooltip>
  );
}

function When({ at, timeZone }: { at: string; timeZone: string }) {
  const now = useNow();
  return (
    <Tooltip label={formatDateTime(at, timeZone, 'full')}>
      <Text size="sm" c="dimmed" span style={{ whiteSpace: 'nowrap' }}>
        {formatRelative(at, now)}
      </Text>
    </Tooltip>
  );
}

function AttemptCard({ attempt, timeZone }: { attempt: Attempt; timeZone: string }) {
  return (
    <Stack gap={4}>
      <Group justify="space-between">
        <Code>{attempt.fingerprint.slice(0, 12)}</Code>
        <Reason reason={attempt.reason} />
      </Group>
      <Text size="xs" c="dimmed" className="lk-wrap">
        {formatExact(attempt.attempts)} from {attempt.ipAddress ?? 'an unknown address'}, last{' '}
        <When at={attempt.lastAt} timeZone={timeZone} />
      </Text>
    </Stack>
  );
}
