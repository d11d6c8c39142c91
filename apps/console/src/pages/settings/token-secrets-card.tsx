import { Badge, Group, Text } from '@mantine/core';
import { useMemo } from 'react';
import { formatExact } from '../../lib/format.ts';
import { type Outputs, trpc } from '../../lib/trpc.ts';
import { DataTable, type DataTableColumn } from '../../ui/data-table.tsx';
import { SectionCard } from '../../ui/section-card.tsx';
import { ErrorState, LoadingBlock } from '../../ui/states.tsx';

type Secrets = Outputs['admin']['tokenSecrets'];
type Version = Secrets['versions'][number];

/** How far the server's own secret is rotated: whether the old one may go. */
export function TokenSecretsCard() {
  const query = trpc.admin.tokenSecrets.useQuery();
  return (
    <SectionCard
      title="Token secret"
      description={
        <>
          Digests of tokens are keyed with <code>LATCHKEY_TOKEN_SECRET</code>. To rotate it, put a new one in front of the old: each token
          moves over when it is used.
        </>
      }
      flush
    >
      {!query.data && query.error && <ErrorState error={query.error} onRetry={() => void query.refetch()} />}
      {query.isPending && <LoadingBlock height={100} label="Loading token secrets" />}
      {query.data && <Versions secrets={query.data} />}
    </SectionCard>
  );
}

const COLUMNS: DataTableColumn<Version>[] = [
  { id: 'version', header: 'Secret', width: 160, cell: ({ version }) => <span className="lk-tabular">No. {version}</span> },
  { id: 'state', header: 'State', cell: (version) => <State version={version} /> },
  { id: 'tokens', header: 'Secrets of tokens under it', align: 'right', cell: ({ tokens }) => formatExact(tokens) },
];

function Versions({ secrets }: { secrets: Secrets }) {
  const { versions, unkeyed } = secrets;
  const rows = useMemo(() => [...versions], [versions]);
  return (
    <>
      <DataTable
        label="Token secrets"
        columns={COLUMNS}
        rows={rows}
        getRowId={({ version }) => String(version)}
        minWidth={440}
        renderCard={(version) => (
          <Group justify="space-between" gap="xs">
            <State version={version} />
            <Text size="sm" className="lk-tabular">
              {formatExact(version.tokens)} under no. {version.version}
            </Text>
          </Group>
        )}
      />
      <Text size="sm" c="dimmed" px="var(--lk-gutter)" py="xs">
        {adviceOf(versions)}
        {unkeyed.sha256 + unkeyed.bcrypt > 0 &&
          ` Imported and not used yet: ${formatExact(unkeyed.sha256)} under SHA-256, ${formatExact(unkeyed.bcrypt)} under bcrypt.`}
      </Text>
    </>
  );
}

function State({ version }: { version: Version }) {
  if (!version.isConfigured) {
    return (
      <Badge variant="light" color="red" tt="none">
        not configured: its tokens are refused
      </Badge>
    );
  }
  return (
    <Badge variant="light" color={version.isNewest ? 'green' : 'gray'} tt="none">
      {version.isNewest ? 'current' : 'old'}
    </Badge>
  );
}

function adviceOf(versions: readonly Version[]): string {
  const old = versions.filter(({ isNewest, isConfigured }) => isConfigured && !isNewest);
  const waiting = old.reduce((sum, { tokens }) => sum + tokens, 0);
  if (old.length === 0) return 'There is one secret, and every token is under it.';
  if (waiting === 0) return 'No token is under an old secret any more: it can be taken out of the setting.';
  return `${formatExact(waiting)} ${waiting === 1 ? 'is' : 'are'} under an old secret: leave it in the setting until they were used, or have ended.`;
}
