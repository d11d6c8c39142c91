import { Anchor, Table } from '@mantine/core';
import type { ReactNode } from 'react';
import { trpc } from '../../lib/trpc.ts';
import { SectionCard } from '../../ui/section-card.tsx';
import { ErrorState, LoadingBlock } from '../../ui/states.tsx';

/** Facts about the server; its settings are environment variables. */
export function ServerCard() {
  const query = trpc.admin.server.useQuery();
  return (
    <SectionCard title="Server" description="Set by environment variables when Latchkey starts." flush>
      {!query.data && query.error && <ErrorState error={query.error} onRetry={() => void query.refetch()} />}
      {query.isPending && <LoadingBlock height={180} />}
      {query.data && (
        <Table verticalSpacing={8} horizontalSpacing={18} variant="vertical">
          <Table.Tbody>
            <Fact name="Version">{query.data.version}</Fact>
            <Fact name="Protects">{query.data.sampleApi ? 'The bundled sample API' : 'Your API (LATCHKEY_UPSTREAM_URL)'}</Fact>
            <Fact name="Rate limits">
              {query.data.rateLimitMode === 'valkey' ? 'Shared between servers through Valkey' : 'Counted in this process, exactly'}
            </Fact>
            <Fact name="Request log">Kept for {query.data.logRetentionDays} days; totals and charts reach back further</Fact>
            <Fact name="Data">{query.data.demo ? 'Demo: made-up tokens and traffic' : 'Real'}</Fact>
            <Fact name="REST interface">
              <Anchor href="/openapi.json" target="_blank" rel="noreferrer" size="sm">
                OpenAPI document
              </Anchor>
            </Fact>
          </Table.Tbody>
        </Table>
      )}
    </SectionCard>
  );
}

function Fact({ name, children }: { name: string; children: ReactNode }) {
  return (
    <Table.Tr>
      <Table.Th scope="row" w={{ base: 120, sm: 180 }} fw={500} bg="transparent">
        {name}
      </Table.Th>
      <Table.Td>{children}</Table.Td>
    </Table.Tr>
  );
}
