import type { TokenListItem } from '@latchkey/api/schemas';
import { Button, Group } from '@mantine/core';
import { IconKey, IconPlus, IconSearchOff } from '@tabler/icons-react';
import { keepPreviousData } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useMemo, useState } from 'react';
import { useCanChange } from '../../features/admin/use-me.ts';
import { useTimeRange } from '../../lib/time-range.ts';
import { type Outputs, trpc } from '../../lib/trpc.ts';
import { DataTable } from '../../ui/data-table.tsx';
import { LinkButton } from '../../ui/link-button.tsx';
import { PageHeader } from '../../ui/page-header.tsx';
import { Pagination } from '../../ui/pagination.tsx';
import { EmptyState, ErrorState, LoadingBlock } from '../../ui/states.tsx';
import surface from '../../ui/surface.module.css';
import { BulkBar } from './bulk-bar.tsx';
import { StatusFilter } from './status-filter.tsx';
import { TokenCard, tokenColumns } from './token-columns.tsx';
import { TokenSearchField } from './token-search-field.tsx';
import { formatSort, PAGE_SIZE, parseSort, parseStatus, toListInput } from './tokens-search.ts';
import { useTokensView } from './use-tokens-view.ts';

/** All tokens: found, judged at a glance, switched on and off. */
export function TokensPage() {
  const { search, change } = useTokensView();
  const canChange = useCanChange();
  const list = trpc.token.list.useQuery(toListInput(search), { placeholderData: keepPreviousData, refetchInterval: 10_000 });
  const filtered = Boolean(search.q) || parseStatus(search.status).length > 0;
  const hasNone = list.data?.counts.all === 0 && !filtered;
  return (
    <>
      <PageHeader title="Tokens" actions={canChange && !hasNone && <CreateButton />} />
      {hasNone ? (
        <NoTokens canChange={canChange} />
      ) : (
        <>
          <Group mb="sm" gap="sm">
            <TokenSearchField value={search.q ?? ''} onSearch={(q) => change({ q: q || undefined }, { replace: true })} />
            <StatusFilter
              value={parseStatus(search.status)}
              counts={list.data?.counts}
              onChange={(states) => change({ status: states.join(',') || undefined })}
            />
          </Group>
          <Results list={list} canChange={canChange} />
        </>
      )}
    </>
  );
}

interface ResultsProps {
  list: {
    data: Outputs['token']['list'] | undefined;
    error: unknown;
    isPlaceholderData: boolean;
    refetch: () => unknown;
  };
  canChange: boolean;
}

function Results({ list, canChange }: ResultsProps) {
  const { search, change } = useTokensView();
  const { data, error } = list;
  if (!data)
    return error ? <ErrorState error={error} onRetry={() => void list.refetch()} /> : <LoadingBlock height={480} label="Loading tokens" />;
  const clear = () => change({ q: undefined, status: undefined });
  return (
    <>
      {Boolean(error) && <ErrorState error={error} title="These figures are not current" onRetry={() => void list.refetch()} />}
      <div className={surface.surface}>
        {data.tokens.length === 0 ? (
          <NoMatch q={search.q} status={search.status} onClear={clear} />
        ) : (
          <>
            {/* A new view starts with nothing chosen. */}
            <TokenTable key={JSON.stringify(search)} tokens={data.tokens} fetching={list.isPlaceholderData} canChange={canChange} />
            <Pagination
              total={data.total}
              limit={PAGE_SIZE}
              offset={data.offset}
              onOffsetChange={(offset) => change({ page: offset === 0 ? undefined : offset / PAGE_SIZE + 1 })}
              noun="tokens"
            />
          </>
        )}
      </div>
    </>
  );
}

function TokenTable({ tokens, fetching, canChange }: { tokens: TokenListItem[]; fetching: boolean; canChange: boolean }) {
  const { search, change } = useTokensView();
  const { timeZone } = useTimeRange();
  const navigate = useNavigate();
  const [selection, setSelection] = useState<string[]>([]);
  const columns = useMemo(() => tokenColumns({ canChange, timeZone }), [canChange, timeZone]);
  // A token that left the page (deleted, no longer matching) is no longer chosen.
  const chosen = useMemo(() => {
    const shown = new Set(tokens.map(({ id }) => String(id)));
    return selection.filter((id) => shown.has(id));
  }, [tokens, selection]);
  return (
    <>
      <DataTable
        label="Tokens"
        columns={columns}
        rows={tokens}
        getRowId={(token) => String(token.id)}
        getRowLabel={(token) => token.name}
        sort={parseSort(search.sort)}
        onSortChange={(sort) => change({ sort: formatSort(sort) })}
        selection={chosen}
        onSelectionChange={canChange ? setSelection : undefined}
        isSelectable={(token) => token.status !== 'revoked'}
        onRowClick={(token) => void navigate({ to: '/api-tokens/$tokenId', params: { tokenId: String(token.id) } })}
        renderCard={(token) => <TokenCard token={token} canChange={canChange} timeZone={timeZone} />}
        fetching={fetching}
        minWidth={940}
      />
      {chosen.length > 0 && <BulkBar ids={chosen.map(Number)} onClear={() => setSelection([])} />}
    </>
  );
}

function CreateButton() {
  return (
    <LinkButton to="/api-tokens/new" leftSection={<IconPlus size={16} aria-hidden />}>
      Create token
    </LinkButton>
  );
}

function NoTokens({ canChange }: { canChange: boolean }) {
  return (
    <div className={surface.surface}>
      <EmptyState icon={<IconKey size={22} />} title="No tokens yet" action={canChange && <CreateButton />}>
        A token lets a program call the API. Give each service, partner or job its own: then you can limit it, watch it and end it by
        itself.
      </EmptyState>
    </div>
  );
}

function NoMatch({ q, status, onClear }: { q: string | undefined; status: string | undefined; onClear: () => void }) {
  const filters = [q && `“${q}”`, status && `status ${parseStatus(status).join(' or ')}`].filter(Boolean).join(' and ');
  return (
    <EmptyState
      icon={<IconSearchOff size={22} />}
      title="No token matches"
      action={
        <Button variant="default" onClick={onClear}>
          Clear search and filter
        </Button>
      }
    >
      {filters ? `Nothing found for ${filters}.` : 'There are no tokens on this page any more.'}
    </EmptyState>
  );
}
