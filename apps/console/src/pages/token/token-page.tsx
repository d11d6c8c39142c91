import type { Token } from '@latchkey/api/schemas';
import { Tabs } from '@mantine/core';
import { IconKeyOff } from '@tabler/icons-react';
import { lazyRouteComponent, useNavigate, useParams } from '@tanstack/react-router';
import { Suspense } from 'react';
import { useCanChange } from '../../features/admin/use-me.ts';
import { readRequestError } from '../../lib/request-error.ts';
import { trpc } from '../../lib/trpc.ts';
import { LinkButton } from '../../ui/link-button.tsx';
import { PageHeader } from '../../ui/page-header.tsx';
import { EmptyState, ErrorState, LoadingBlock } from '../../ui/states.tsx';
import { HistoryTab } from './history-tab.tsx';
import { RequestsTab } from './requests-tab.tsx';
import { RotateFlow } from './rotate-flow.tsx';
import { SettingsTab } from './settings-tab.tsx';
import { TokenHeader } from './token-header.tsx';
import type { Tab } from './token-search.ts';
import { useTokenView } from './use-token-view.ts';

// The charts' library is larger than all the rest of this page.
const UsageTab = lazyRouteComponent(() => import('./usage-tab.tsx'), 'UsageTab');

export function TokenPage() {
  const { tokenId } = useParams({ strict: false });
  const id = /^[1-9]\d{0,9}$/.test(tokenId ?? '') ? Number(tokenId) : null;
  return id === null ? <NoSuchToken /> : <KnownToken key={id} id={id} />;
}

function KnownToken({ id }: { id: number }) {
  const { data, error, refetch } = trpc.token.get.useQuery({ id }, { refetchInterval: 10_000 });
  if (data) return <TokenView token={data.token} />;
  if (error && readRequestError(error).kind === 'not_found') return <NoSuchToken />;
  return (
    <>
      <PageHeader title="Token" />
      {error ? <ErrorState error={error} onRetry={() => void refetch()} /> : <LoadingBlock height={480} label="Loading token" />}
    </>
  );
}

function TokenView({ token }: { token: Token }) {
  const { search, change } = useTokenView();
  const navigate = useNavigate();
  const canChange = useCanChange();
  const tab = search.tab === 'history' && !canChange ? 'usage' : (search.tab ?? 'usage');
  // Filters and drawers belong to their tab.
  const choose = (next: string | null) =>
    change({
      tab: next === 'usage' ? undefined : (next as Tab),
      failures: undefined,
      status: undefined,
      method: undefined,
      endpoint: undefined,
      outcome: undefined,
      req: undefined,
    });
  return (
    <>
      <TokenHeader token={token} canChange={canChange} onDeleted={() => void navigate({ to: '/api-tokens', ignoreBlocker: true })} />
      {canChange && <RotateFlow token={token} />}
      <Tabs value={tab} onChange={choose} keepMounted={false}>
        <Tabs.List mb="lg">
          <Tabs.Tab value="usage">Usage</Tabs.Tab>
          <Tabs.Tab value="requests">Requests</Tabs.Tab>
          <Tabs.Tab value="settings">Settings</Tabs.Tab>
          {canChange && <Tabs.Tab value="history">History</Tabs.Tab>}
        </Tabs.List>
        <Tabs.Panel value="usage">
          <Suspense fallback={<LoadingBlock height={480} label="Loading usage" />}>
            <UsageTab token={token} />
          </Suspense>
        </Tabs.Panel>
        <Tabs.Panel value="requests">
          <RequestsTab token={token} />
        </Tabs.Panel>
        <Tabs.Panel value="settings">
          <SettingsTab token={token} canChange={canChange} onDeleted={() => void navigate({ to: '/api-tokens', ignoreBlocker: true })} />
        </Tabs.Panel>
        <Tabs.Panel value="history">
          <HistoryTab tokenId={token.id} />
        </Tabs.Panel>
      </Tabs>
    </>
  );
}

function NoSuchToken() {
  return (
    <>
      <PageHeader title="Token not found" />
      <EmptyState
        icon={<IconKeyOff size={22} />}
        title="There is no such token"
        action={<LinkButton to="/api-tokens">All tokens</LinkButton>}
      >
        It may have been deleted. Its usage went with it; the audit log still knows who did it.
      </EmptyState>
    </>
  );
}
