import { Button, CloseButton, Group, NativeSelect, TextInput } from '@mantine/core';
import { useDebouncedCallback } from '@mantine/hooks';
import { IconSearch, IconSearchOff, IconUsers } from '@tabler/icons-react';
import { keepPreviousData } from '@tanstack/react-query';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { useCallback, useEffect, useMemo, useState } from 'react';
import { useCanChange } from '../../features/admin/use-me.ts';
import { EndOwnerDialog } from '../../features/owner/end-owner-dialog.tsx';
import { formatOwner } from '../../features/owner/owner-ref.ts';
import { plainSearch } from '../../lib/plain-search.ts';
import { useTimeRange } from '../../lib/time-range.ts';
import { type Outputs, trpc } from '../../lib/trpc.ts';
import { DataTable } from '../../ui/data-table.tsx';
import { PageHeader } from '../../ui/page-header.tsx';
import { Pagination } from '../../ui/pagination.tsx';
import { EmptyState, ErrorState, LoadingBlock } from '../../ui/states.tsx';
import surface from '../../ui/surface.module.css';
import { type Owner, OwnerCard, ownerColumns } from './owner-columns.tsx';
import { formatOwnerSort, type OwnersSearch, PAGE_SIZE, parseOwnerSort, readOwnersSearch, toOwnersInput } from './owners-search.ts';

/** Everybody who has tokens: how many, how busy, and the end of all of them at once. */
export function OwnersPage() {
  const { search, change } = useOwnersView();
  const list = trpc.owner.list.useQuery(toOwnersInput(search), { placeholderData: keepPreviousData, refetchInterval: 10_000 });
  const hasNone = list.data?.total === 0 && !search.q;
  return (
    <>
      <PageHeader title="Owners" description="Whose tokens they are, in the words of your own system: users, organizations, projects." />
      {hasNone ? (
        <NoOwners />
      ) : (
        <>
          <Group mb="sm" gap="sm">
            <SearchField value={search.q ?? ''} onSearch={(q) => change({ q: q || undefined }, { replace: true })} />
            <NarrowSort />
          </Group>
          <Results list={list} />
        </>
      )}
    </>
  );
}

function useOwnersView() {
  const search = readOwnersSearch(useSearch({ strict: false }));
  const navigate = useNavigate();
  const change = useCallback(
    (part: Partial<OwnersSearch>, { replace = false } = {}) => {
      void navigate({ to: '/owners', search: (current: object) => plainSearch({ ...current, page: undefined, ...part }), replace });
    },
    [navigate],
  );
  return { search, change };
}

function SearchField({ value, onSearch }: { value: string; onSearch: (q: string) => void }) {
  const [text, setText] = useState(value);
  const search = useDebouncedCallback(onSearch, { delay: 250 });
  // Back, forward and "Clear" change the URL from outside.
  useEffect(() => setText(value), [value]);
  const type = (next: string) => {
    setText(next);
    search(next.trim());
  };
  return (
    <TextInput
      type="search"
      aria-label="Search owners"
      placeholder="Type or id"
      value={text}
      onChange={(event) => type(event.currentTarget.value)}
      leftSection={<IconSearch size={16} aria-hidden />}
      rightSection={text && <CloseButton size="sm" aria-label="Clear search" onClick={() => type('')} />}
      autoComplete="off"
      spellCheck={false}
      maxLength={255}
      flex="1 1 240px"
      maw={420}
    />
  );
}

interface ResultsProps {
  list: { data: Outputs['owner']['list'] | undefined; error: unknown; isPlaceholderData: boolean; refetch: () => unknown };
}

function Results({ list }: ResultsProps) {
  const { search, change } = useOwnersView();
  const { data, error } = list;
  if (!data)
    return error ? <ErrorState error={error} onRetry={() => void list.refetch()} /> : <LoadingBlock height={320} label="Loading owners" />;
  return (
    <>
      {Boolean(error) && <ErrorState error={error} title="These figures are not current" onRetry={() => void list.refetch()} />}
      <div className={surface.surface}>
        {data.owners.length === 0 ? (
          <NoMatch q={search.q} onClear={() => change({ q: undefined })} />
        ) : (
          <OwnerTable page={data} fetching={list.isPlaceholderData} />
        )}
      </div>
    </>
  );
}

function OwnerTable({ page, fetching }: { page: Outputs['owner']['list']; fetching: boolean }) {
  const { search, change } = useOwnersView();
  const { timeZone } = useTimeRange();
  const navigate = useNavigate();
  const canChange = useCanChange();
  const [ending, setEnding] = useState<{ owner: Owner; opener: HTMLElement | null } | null>(null);
  const options = useMemo(
    () => ({ timeZone, onEnd: canChange ? (owner: Owner, opener: HTMLElement | null) => setEnding({ owner, opener }) : null }),
    [timeZone, canChange],
  );
  const columns = useMemo(() => ownerColumns(options), [options]);
  return (
    <>
      <DataTable
        label="Owners"
        columns={columns}
        rows={page.owners}
        getRowId={formatOwner}
        sort={parseOwnerSort(search.sort)}
        onSortChange={(sort) => change({ sort: formatOwnerSort(sort) })}
        onRowClick={(owner) => void navigate({ to: '/api-tokens', search: { owner: formatOwner(owner) } })}
        renderCard={(owner) => <OwnerCard owner={owner} {...options} />}
        fetching={fetching}
        minWidth={760}
      />
      <Pagination
        total={page.total}
        limit={PAGE_SIZE}
        offset={page.offset}
        onOffsetChange={(offset) => change({ page: offset === 0 ? undefined : offset / PAGE_SIZE + 1 })}
        noun="owners"
      />
      {ending && <EndOwnerDialog {...ending} onClose={() => setEnding(null)} />}
    </>
  );
}

const ORDERS = [
  { value: '-tokens', label: 'Most tokens' },
  { value: 'owner', label: 'Owner' },
  { value: '-requests_24h', label: 'Most requests in 24 h' },
  { value: '-last_used_at', label: 'Last used' },
];

/** Cards have no column headers to sort by. */
function NarrowSort() {
  const { search, change } = useOwnersView();
  const value = search.sort ?? '-tokens';
  const options = ORDERS.some((order) => order.value === value) ? ORDERS : [...ORDERS, { value, label: 'As chosen' }];
  return (
    <NativeSelect
      hiddenFrom="xs"
      w="100%"
      aria-label="Sort owners"
      data={options}
      value={value}
      onChange={(event) => change({ sort: formatOwnerSort(parseOwnerSort(event.currentTarget.value)) })}
    />
  );
}

function NoOwners() {
  return (
    <div className={surface.surface}>
      <EmptyState icon={<IconUsers size={22} />} title="No token has an owner yet">
        Give a token an owner – say, user 42 – when you create it. Then the tokens of one owner can be listed, counted, limited and ended
        together.
      </EmptyState>
    </div>
  );
}

function NoMatch({ q, onClear }: { q: string | undefined; onClear: () => void }) {
  return (
    <EmptyState
      icon={<IconSearchOff size={22} />}
      title="No owner matches"
      action={
        <Button variant="default" onClick={onClear}>
          {q ? 'Clear search' : 'Go to the first page'}
        </Button>
      }
    >
      {q && `Nothing found for “${q}”.`}
    </EmptyState>
  );
}
