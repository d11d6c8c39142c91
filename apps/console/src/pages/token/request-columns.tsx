import type { RequestRow } from '@latchkey/api/schemas';
import { Code, Group, Stack, Text, UnstyledButton } from '@mantine/core';
import { outcomeText } from '../../features/token/outcome-text.ts';
import { formatDateTime, formatMs } from '../../lib/format.ts';
import type { DataTableColumn } from '../../ui/data-table.tsx';
import { StatusCode } from './status-code.tsx';

interface ColumnOptions {
  timeZone: string;
  onOpen: (row: RequestRow) => void;
}

export function requestColumns({ timeZone, onOpen }: ColumnOptions): DataTableColumn<RequestRow>[] {
  return [
    { id: 'at', header: 'Time', cell: (row) => <Time row={row} timeZone={timeZone} onOpen={onOpen} /> },
    { id: 'status', header: 'Status', cell: (row) => <StatusCode status={row.status} /> },
    { id: 'request', header: 'Request', cell: (row) => <RequestLine row={row} /> },
    { id: 'outcome', header: 'Outcome', cell: (row) => <Text size="sm">{outcomeText(row.outcome).label}</Text> },
    { id: 'time', header: 'Took', align: 'right', cell: (row) => formatMs(row.responseTimeMs) },
    {
      id: 'address',
      header: 'Address',
      cell: (row) => (
        <Text size="sm" c="dimmed" ff="monospace" className="lk-wrap" maw={150}>
          {row.ipAddress ?? '—'}
        </Text>
      ),
    },
  ];
}

export function RequestCard({ row, timeZone, onOpen }: { row: RequestRow } & ColumnOptions) {
  return (
    <Stack gap={4}>
      <Group justify="space-between" wrap="nowrap" gap="xs">
        <Time row={row} timeZone={timeZone} onOpen={onOpen} />
        <StatusCode status={row.status} />
      </Group>
      <RequestLine row={row} />
      <Text size="xs" c="dimmed">
        {outcomeText(row.outcome).label} · {formatMs(row.responseTimeMs)}
      </Text>
    </Stack>
  );
}

/** The button that everybody can reach; a click anywhere on the row does the same. */
function Time({ row, timeZone, onOpen }: { row: RequestRow } & ColumnOptions) {
  const text = formatDateTime(row.at, timeZone, 'full').replace(/ (?:GMT|UTC).*$/, '');
  return (
    <UnstyledButton
      onClick={() => onOpen(row)}
      aria-label={`${text}, ${row.method} ${row.path}, ${row.status ?? 'answered at the proxy'}: details`}
      fz="sm"
      c="var(--mantine-color-anchor)"
      className="lk-tabular"
      style={{ whiteSpace: 'nowrap', minHeight: 24 }}
    >
      {text}
    </UnstyledButton>
  );
}

function RequestLine({ row }: { row: RequestRow }) {
  return (
    <Group gap={8} wrap="nowrap" align="baseline">
      <Text size="xs" fw={600} c="dimmed" w={52} style={{ flexShrink: 0 }}>
        {row.method}
      </Text>
      <Code
        bg="transparent"
        p={0}
        className="lk-wrap"
        style={{ display: '-webkit-box', WebkitLineClamp: 2, WebkitBoxOrient: 'vertical', overflow: 'hidden' }}
      >
        {row.path}
      </Code>
    </Group>
  );
}
