import type { TokenListItem } from '@latchkey/api/schemas';
import { Button, Group, NativeSelect } from '@mantine/core';
import { IconFileImport, IconKey, IconPlus, IconSearchOff } from '@tabler/icons-react';
import { keepPreviousData } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useMemo, useRef, useState } from 'react';
import { useCanChange } from '../../features/admin/use-me.ts';
import { tokenName } from '../../features/token/token-name.ts';
import { formatExact } from '../../lib/format.ts';
import { useTimeRange } from '../../lib/time-range.ts';
import { type Outputs, trpc } from '../../lib/trpc.ts';
import { DataTable } from '../../ui/data-table.tsx';
import { LinkButton } from '../../ui/link-button.tsx';
import { PageHeader } from '../../ui/page-header.tsx';
import { Pagination } from '../../ui/pagination.tsx';
import { EmptyState, ErrorState, LoadingBlock } from '../../ui/states.tsx';
import surface from '../../ui/surface.module.css';
import { BulkBar } from './bulk-bar.tsx';
import { KindFilters } from './kind-filters.tsx';
import { StatusFilter } from './status-filter.tsx';
import { TokenCard, tokenColumns } from './token-columns.tsx';
import { TokenSearchField } from './token-search-field.tsx';
import { formatSort, isFiltered, NO_FILTERS, PAGE_SIZE, parseSort, parseStatus, type TokensSearch, toListInput } from './tokens-search.ts';
import { useTokensView } from './use-tokens-view.ts';

/** All tokens: found, judged at a glance, switched on and off. */
export function TokensPage() {
  const { search, change } = useTokensView();
  const canChange = useCanChange();
  const list = trpc.token.list.useQuery(toListInput(search), { placeholderData: keepPreviousData, refetchInterval: 10_000 });
  const hasNone = list.data?.counts.all === 0 && !isFiltered(search);
  return (
    <>
      <PageHeader
        title="Tokens"
        actions={
          canChange &&
          !hasNone && (
            <>
              <ImportButton />
              <CreateButton />
            </>
          )
        }
      />
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
            <KindFilters />
          </Group>
          <NarrowSort />
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
  return (
    <>
      {Boolean(error) && <ErrorState error={error} title="These figures are not current" onRetry={() => void list.refetch()} />}
      {data.tokens.length === 0 ? (
        <div className={surface.surface}>
          {data.total > 0 ? (
            <PastTheEnd total={data.total} onBack={() => change({})} />
          ) : (
            <NoMatch search={search} onClear={() => change(NO_FILTERS)} />
          )}
        </div>
      ) : (
        <TokenTable page={data} fetching={list.isPlaceholderData} canChange={canChange} />
      )}
    </>
  );
}

interface TokenTableProps {
  page: Outputs['token']['list'];
  fetching: boolean;
  canChange: boolean;
}

function TokenTable({ page, fetching, canChange }: TokenTableProps) {
  const { search, change } = useTokensView();
  const { timeZone } = useTimeRange();
  const navigate = useNavigate();
  const { chosen, setChosen } = useChosen(page.tokens, JSON.stringify(search));
  const table = useRef<HTMLDivElement>(null);
  const columns = useMemo(() => tokenColumns({ canChange, timeZone }), [canChange, timeZone]);
  const clear = () => {
    // The bar goes, and with it the button that had the focus: it moves to what was chosen.
    table.current?.querySelector<HTMLElement>('input[type="checkbox"][data-row]:checked')?.focus({ preventScroll: true });
    setChosen([]);
  };
  return (
    <>
      <div className={surface.surface} ref={table}>
        <DataTable
          label="Tokens"
          columns={columns}
          rows={page.tokens}
          getRowId={(token) => String(token.id)}
          getRowLabel={tokenName}
          sort={parseSort(search.sort)}
          onSortChange={(sort) => change({ sort: sort === null ? undefined : formatSort(sort) })}
          selection={chosen}
          onSelectionChange={canChange ? setChosen : undefined}
          isSelectable={(token) => token.status !== 'revoked'}
          onRowClick={(token) => void navigate({ to: '/api-tokens/$tokenId', params: { tokenId: String(token.id) } })}
          renderCard={(token) => <TokenCard token={token} canChange={canChange} timeZone={timeZone} />}
          fetching={fetching}
          minWidth={940}
        />
        <Pagination
          total={page.total}
          limit={PAGE_SIZE}
          offset={page.offset}
          onOffsetChange={(offset) => change({ page: offset === 0 ? undefined : offset / PAGE_SIZE + 1 })}
          noun="tokens"
        />
      </div>
      {chosen.length > 0 && <BulkBar ids={chosen.map(Number)} onClear={clear} />}
    </>
  );
}

const nothing: string[] = [];

/** Ids of the chosen tokens. Another view starts with none; one that left the page – deleted, no longer matching – is no longer chosen. */
function useChosen(tokens: TokenListItem[], view: string) {
  const [choice, setChoice] = useState({ view, ids: nothing });
  const ids = choice.view === view ? choice.ids : nothing;
  const chosen = useMemo(() => {
    const shown = new Set(tokens.map(({ id }) => String(id)));
    return ids.filter((id) => shown.has(id));
  }, [tokens, ids]);
  return { chosen, setChosen: (next: string[]) => setChoice({ view, ids: next }) };
}

const ORDERS = [
  { value: '-created_at', label: 'Newest first' },
  { value: 'name', label: 'Name' },
  { value: '-requests_24h', label: 'Most requests in 24 h' },
  { value: '-last_used_at', label: 'Last used' },
  { value: 'expires_at', label: 'Expires first' },
];

/** Cards have no column headers to sort by. */
function NarrowSort() {
  const { search, change } = useTokensView();
  const value = search.sort ?? '-created_at';
  const options = ORDERS.some((order) => order.value === value) ? ORDERS : [...ORDERS, { value, label: 'As chosen' }];
  return (
    <NativeSelect
      hiddenFrom="xs"
      mb="sm"
      aria-label="Sort tokens"
      data={options}
      value={value}
      onChange={(event) => change({ sort: formatSort(parseSort(event.currentTarget.value)) })}
    />
  );
}

function CreateButton() {
  return (
    <LinkButton to="/api-tokens/new" leftSection={<IconPlus size={16} aria-hidden />}>
      Create token
    </LinkButton>
  );
}

function ImportButton() {
  return (
    <LinkButton to="/api-tokens/import" variant="default" leftSection={<IconFileImport size={16} aria-hidden />}>
      Import
    </LinkButton>
  );
}

function NoTokens({ canChange }: { canChange: boolean }) {
  return (
    <div className={surface.surface}>
      <EmptyState
        icon={<IconKey size={22} />}
        title="No tokens yet"
        action={
          canChange && (
            <Group gap="xs" justify="center">
              <CreateButton />
              <ImportButton />
            </Group>
          )
        }
      >
        A token lets a program call the API. Give each service, partner or job its own: then you can limit it, watch it and end it by
        itself.
      </EmptyState>
    </div>
  );
}

function NoMatch({ search, onClear }: { search: TokensSearch; onClear: () => void }) {
  const { q, status, owner, type, env } = search;
  const filters = [
    q && `“${q}”`,
    status && `status ${parseStatus(status).join(' or ')}`,
    owner && `owner ${owner.replace(':', ' ')}`,
    type && `key type ${type}`,
    env && `environment ${env}`,
  ];
  return (
    <EmptyState
      icon={<IconSearchOff size={22} />}
      title="No token matches"
      action={
        <Button variant="default" onClick={onClear}>
          Clear search and filters
        </Button>
      }
    >
      {isFiltered(search) && `Nothing found for ${filters.filter(Boolean).join(' and ')}.`}
    </EmptyState>
  );
}

/** An address from a time when there were more of them. */
function PastTheEnd({ total, onBack }: { total: number; onBack: () => void }) {
  return (
    <EmptyState
      icon={<IconSearchOff size={22} />}
      title="The list does not reach this far"
      action={
        <Button variant="default" onClick={onBack}>
          Go to the first page
        </Button>
      }
    >
      {formatExact(total)} {total === 1 ? 'token is' : 'tokens are'} on the pages before this one.
    </EmptyState>
  );
}
