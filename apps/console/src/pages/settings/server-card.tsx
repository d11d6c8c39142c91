import { Anchor } from '@mantine/core';
import { trpc } from '../../lib/trpc.ts';
import { FactRow, FactTable } from '../../ui/fact-table.tsx';
import { SectionCard } from '../../ui/section-card.tsx';
import { ErrorState, LoadingBlock } from '../../ui/states.tsx';
import { describeRateLimits } from './describe-rate-limits.ts';

/** Whether Valkey is there changes without anybody's doing. */
const REFRESH_MS = 10_000;

/** Facts about the server; its settings are environment variables. */
export function ServerCard() {
  const query = trpc.admin.server.useQuery(undefined, { refetchInterval: REFRESH_MS });
  return (
    <SectionCard title="Server" description="Set by environment variables when Latchkey starts." flush>
      {!query.data && query.error && <ErrorState error={query.error} onRetry={() => void query.refetch()} />}
      {query.isPending && <LoadingBlock height={180} />}
      {query.data && (
        <FactTable>
          <FactRow name="Version">{query.data.version}</FactRow>
          <FactRow name="Protects">{query.data.sampleApi ? 'The bundled sample API' : 'Your API (LATCHKEY_UPSTREAM_URL)'}</FactRow>
          <FactRow name="Rate limits">{describeRateLimits(query.data)}</FactRow>
          <FactRow name="Request log">Kept for {query.data.logRetentionDays} days; totals and charts reach back further</FactRow>
          <FactRow name="Data">{query.data.demo ? 'Demo: made-up tokens and traffic' : 'Real'}</FactRow>
          <FactRow name="REST interface">
            <Anchor href="/openapi.json" target="_blank" rel="noreferrer" size="sm">
              OpenAPI document
            </Anchor>
          </FactRow>
        </FactTable>
      )}
    </SectionCard>
  );
}
