import type { RequestRow, Token } from '@latchkey/api/schemas';
import { Button, Center, Stack } from '@mantine/core';
import { IconListSearch, IconRefresh } from '@tabler/icons-react';
import { useCallback, useMemo } from 'react';
import { useTimeRange } from '../../lib/time-range.ts';
import { useOwnEntry } from '../../lib/use-own-entry.ts';
import { DataTable } from '../../ui/data-table.tsx';
import { SectionCard } from '../../ui/section-card.tsx';
import { EmptyState, ErrorState, LoadingBlock } from '../../ui/states.tsx';
import { RequestCard, requestColumns } from './request-columns.tsx';
import { RequestDrawer } from './request-drawer.tsx';
import { RequestFilters } from './request-filters.tsx';
import { useRequestLog } from './use-request-log.ts';
import { useTokenView } from './use-token-view.ts';

/** What was asked with this token, request by request. */
export function RequestsTab({ token }: { token: Token }) {
  const { search, change } = useTokenView();
  const log = useRequestLog(token.id, search);
  const { rows } = log;
  const { markOpened, close } = useOwnEntry(() => change({ req: undefined }, { replace: true }));
  const open = useCallback(
    (row: RequestRow) => {
      markOpened();
      change({ req: row.id });
    },
    [markOpened, change],
  );
  return (
    <SectionCard
      title="Requests"
      description="Newest first. The log reaches back as far as its retention; charts reach further."
      flush
      actions={
        <Button
          size="xs"
          variant="default"
          leftSection={<IconRefresh size={14} aria-hidden />}
          loading={log.isRefetching && !log.isFetchingNextPage && log.isPlaceholderData}
          onClick={() => void log.refetch()}
        >
          Refresh
        </Button>
      }
    >
      <RequestFilters token={token} />
      {rows ? (
        <Log rows={rows} log={log} onOpen={open} />
      ) : log.error ? (
        <ErrorState error={log.error} onRetry={() => void log.refetch()} />
      ) : (
        <LoadingBlock height={400} label="Loading requests" />
      )}
      <RequestDrawer rows={rows} selected={search.req} token={token} onClose={close} />
    </SectionCard>
  );
}

interface LogProps {
  rows: RequestRow[];
  log: ReturnType<typeof useRequestLog>;
  onOpen: (row: RequestRow) => void;
}

function Log({ rows, log, onOpen }: LogProps) {
  const { timeZone } = useTimeRange();
  const columns = useMemo(() => requestColumns({ timeZone, onOpen }), [timeZone, onOpen]);
  if (rows.length === 0) return <NoRequests />;
  return (
    <Stack gap={0}>
      <DataTable
        label="Requests, newest first"
        columns={columns}
        rows={rows}
        getRowId={(row) => row.id}
        onRowClick={onOpen}
        renderCard={(row) => <RequestCard row={row} timeZone={timeZone} onOpen={onOpen} />}
        fetching={log.isPlaceholderData}
        minWidth={760}
      />
      {log.hasNextPage && (
        <Center p="md">
          <Button variant="default" loading={log.isFetchingNextPage} onClick={() => void log.fetchNextPage()}>
            Load more
          </Button>
        </Center>
      )}
    </Stack>
  );
}

function NoRequests() {
  const { search, change } = useTokenView();
  const filtered = Boolean(search.status || search.method || search.endpoint || search.outcome);
  const clear = () => change({ status: undefined, method: undefined, endpoint: undefined, outcome: undefined });
  return (
    <EmptyState
      icon={<IconListSearch size={22} />}
      title={filtered ? 'No request matches' : 'No requests in this range'}
      action={
        filtered && (
          <Button variant="default" onClick={clear}>
            Clear filters
          </Button>
        )
      }
    >
      {filtered
        ? 'No request in this time range passes the filters.'
        : 'Choose a longer time range above, or call the API with this token.'}
    </EmptyState>
  );
}
