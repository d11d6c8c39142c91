import { Badge, Button, Group, Stack, Text, Tooltip } from '@mantine/core';
import { IconFilterOff, IconHistory } from '@tabler/icons-react';
import { keepPreviousData } from '@tanstack/react-query';
import { useSearch } from '@tanstack/react-router';
import { useCallback, useMemo } from 'react';
import { AuditDrawer, TargetLink } from '../../features/admin/audit-drawer.tsx';
import { ACTION_WORDS, type AuditEntry } from '../../features/admin/audit-words.ts';
import { useCanChange } from '../../features/admin/use-me.ts';
import { useNow } from '../../lib/clock.ts';
import { formatDateTime, formatRelative } from '../../lib/format.ts';
import { useTimeRange } from '../../lib/time-range.ts';
import { trpc } from '../../lib/trpc.ts';
import { useOwnEntry } from '../../lib/use-own-entry.ts';
import { usePatchSearch } from '../../lib/use-patch-search.ts';
import { DataTable, type DataTableColumn } from '../../ui/data-table.tsx';
import { PageHeader } from '../../ui/page-header.tsx';
import { Pagination } from '../../ui/pagination.tsx';
import { EmptyState, ErrorState, ForbiddenState, LoadingBlock } from '../../ui/states.tsx';
import surface from '../../ui/surface.module.css';
import { AuditFilters } from './audit-filters.tsx';
import type { AuditSearch } from './audit-search.ts';

const PAGE_SIZE = 50;

export function AuditPage() {
  const isAdmin = useCanChange();
  return (
    <>
      <PageHeader
        title="Audit log"
        description="Every change, with who made it, from where, and what was before. Nothing is ever removed from it."
      />
      {isAdmin ? <AuditLog /> : <ForbiddenState>The audit log is open to administrators. One of them can change your role.</ForbiddenState>}
    </>
  );
}

function AuditLog() {
  const { action, target, targetId, page = 1, entry: openId } = useSearch({ from: '/console/audit' });
  const patch = usePatchSearch<AuditSearch>();
  const { timeZone } = useTimeRange();
  const filters = { action, targetType: target, targetId };
  const query = trpc.admin.audit.useQuery(
    { ...filters, limit: PAGE_SIZE, offset: (page - 1) * PAGE_SIZE },
    { placeholderData: keepPreviousData },
  );
  const entries = query.data?.entries;
  const { markOpened, close } = useOwnEntry(() => patch({ entry: undefined }, { replace: true }));
  // Stable: the table's cells hang on it, and cells made anew would lose the focus.
  const open = useCallback(
    (entry: AuditEntry) => {
      markOpened();
      patch({ entry: entry.id });
    },
    [markOpened, patch],
  );
  return (
    <Stack gap="md">
      <AuditFilters />
      {query.error && <ErrorState error={query.error} onRetry={() => void query.refetch()} />}
      {!query.data && !query.error && <LoadingBlock height={420} />}
      {query.data && entries && (
        <div className={surface.surface}>
          {entries.length === 0 ? (
            <Nothing filtered={Object.values(filters).some(Boolean)} />
          ) : (
            <>
              <AuditTable entries={entries} timeZone={timeZone} fetching={query.isPlaceholderData} onOpen={open} />
              <Pagination
                noun="changes"
                total={query.data.total}
                limit={PAGE_SIZE}
                offset={query.data.offset}
                onOffsetChange={(offset) => patch({ page: offset === 0 ? undefined : offset / PAGE_SIZE + 1 })}
              />
            </>
          )}
        </div>
      )}
      <AuditDrawer entry={entries?.find(({ id }) => id === openId) ?? null} timeZone={timeZone} onClose={close} />
    </Stack>
  );
}

function Nothing({ filtered }: { filtered: boolean }) {
  const patch = usePatchSearch<AuditSearch>();
  if (!filtered) {
    return (
      <EmptyState icon={<IconHistory size={22} />} title="No changes yet">
        The first token you create is the first line here.
      </EmptyState>
    );
  }
  return (
    <EmptyState
      icon={<IconFilterOff size={22} />}
      title="No change matches these filters"
      action={
        <Button
          variant="default"
          size="xs"
          onClick={() => patch({ action: undefined, target: undefined, targetId: undefined, page: undefined })}
        >
          Clear filters
        </Button>
      }
    />
  );
}

interface AuditTableProps {
  entries: AuditEntry[];
  timeZone: string;
  fetching: boolean;
  onOpen: (entry: AuditEntry) => void;
}

function AuditTable({ entries, timeZone, fetching, onOpen }: AuditTableProps) {
  const columns = useMemo(() => makeColumns(timeZone, onOpen), [timeZone, onOpen]);
  return (
    <DataTable
      label="Changes, newest first"
      columns={columns}
      rows={entries}
      getRowId={(entry) => String(entry.id)}
      onRowClick={onOpen}
      fetching={fetching}
      minWidth={720}
      renderCard={(entry) => <EntryCard entry={entry} timeZone={timeZone} onOpen={onOpen} />}
    />
  );
}

function makeColumns(timeZone: string, onOpen: (entry: AuditEntry) => void): DataTableColumn<AuditEntry>[] {
  return [
    { id: 'at', header: 'When', width: 140, cell: (entry) => <When at={entry.at} timeZone={timeZone} /> },
    { id: 'action', header: 'What', width: 190, cell: (entry) => <ActionBadge entry={entry} /> },
    { id: 'target', header: 'Target', cell: (entry) => <TargetLink entry={entry} /> },
    { id: 'actor', header: 'Who', width: 170, cell: (entry) => <Line text={entry.actorName} /> },
    { id: 'address', header: 'From', width: 150, cell: (entry) => <Line text={entry.ipAddress ?? '—'} /> },
    {
      id: 'details',
      header: 'Details',
      headerHidden: true,
      align: 'right',
      cell: (entry) => (
        <Button variant="subtle" size="compact-sm" onClick={() => onOpen(entry)} aria-label={`Details of change ${entry.id}`}>
          Details
        </Button>
      ),
    },
  ];
}

function Line({ text }: { text: string }) {
  return (
    <Text size="sm" className="lk-wrap">
      {text}
    </Text>
  );
}

function ActionBadge({ entry }: { entry: AuditEntry }) {
  const { label, color } = ACTION_WORDS[entry.action];
  return (
    <Badge variant="light" color={color} radius="sm" tt="none" fw={500}>
      {label}
    </Badge>
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

function EntryCard({ entry, timeZone, onOpen }: { entry: AuditEntry; timeZone: string; onOpen: (entry: AuditEntry) => void }) {
  return (
    <Stack gap={4}>
      <Group justify="space-between" gap="xs">
        <ActionBadge entry={entry} />
        <When at={entry.at} timeZone={timeZone} />
      </Group>
      <Group justify="space-between" gap="xs" wrap="nowrap">
        <Stack gap={0} miw={0}>
          <TargetLink entry={entry} />
          <Text size="xs" c="dimmed" className="lk-wrap">
            by {entry.actorName}
          </Text>
        </Stack>
        <Button variant="subtle" size="compact-sm" onClick={() => onOpen(entry)} aria-label={`Details of change ${entry.id}`}>
          Details
        </Button>
      </Group>
    </Stack>
  );
}
