import type { Token } from '@latchkey/api/schemas';
import { Badge, Button, Code, Group, Stack, Table, Text } from '@mantine/core';
import { formatExact } from '../../lib/format.ts';
import { readRequestError } from '../../lib/request-error.ts';
import { type Outputs, trpc } from '../../lib/trpc.ts';
import { SectionCard } from '../../ui/section-card.tsx';
import { ErrorState, LoadingBlock } from '../../ui/states.tsx';
import { DryRunButton } from './dry-run-button.tsx';
import { useUpdateToken } from './use-update-token.ts';

type Evidence = Outputs['token']['evidence'];
type Granted = NonNullable<Evidence['endpoints']['granted']>;

const DAYS = 30;

/** What the token may do beside what it did, and the least that would have been enough. */
export function EvidenceCard({ token, readOnly }: { token: Token; readOnly: boolean }) {
  const { data, error, refetch } = trpc.token.evidence.useQuery({ id: token.id, days: DAYS });
  return (
    <SectionCard title="Granted and used" description={`What it may call beside what it called in the last ${DAYS} days.`}>
      {!data && (error ? <ErrorState error={error} onRetry={() => void refetch()} /> : <LoadingBlock height={120} />)}
      {data && <Findings evidence={data} token={token} readOnly={readOnly} />}
    </SectionCard>
  );
}

function Findings({ evidence, token, readOnly }: { evidence: Evidence; token: Token; readOnly: boolean }) {
  const { endpoints, scopes, permittedActions, requests } = evidence;
  const { granted, used, suggested } = endpoints;
  if (requests === 0) return <Text size="sm">It was not used in these days, so there is nothing to judge it by.</Text>;
  return (
    <Stack gap="md">
      {granted ? (
        <GrantedTable granted={granted} />
      ) : (
        <Text size="sm">It may call every endpoint, and called {formatExact(used.length)} with success.</Text>
      )}
      {scopes.neverNeeded.length > 0 && <Text size="sm">Scopes that no request needed: {scopes.neverNeeded.join(', ')}.</Text>}
      {permittedActions.neverNeeded.length > 0 && (
        <Text size="sm">Permissions that no request needed: {permittedActions.neverNeeded.join(', ')}.</Text>
      )}
      {suggested || scopes.neverNeeded.length > 0 ? (
        <Suggestion evidence={evidence} suggested={suggested} token={token} readOnly={readOnly} />
      ) : (
        <Text size="sm" c="var(--lk-good)">
          {used.length === 0 ? 'Nothing was called with success, so there is nothing to suggest.' : 'It may call no more than it needs.'}
        </Text>
      )}
    </Stack>
  );
}

function GrantedTable({ granted }: { granted: Granted }) {
  return (
    <Table verticalSpacing={4} aria-label="Granted patterns and their use">
      <Table.Thead>
        <Table.Tr>
          <Table.Th scope="col">Pattern</Table.Th>
          <Table.Th scope="col">Use</Table.Th>
          <Table.Th scope="col" ta="right">
            Requests
          </Table.Th>
        </Table.Tr>
      </Table.Thead>
      <Table.Tbody>
        {granted.map(({ pattern, requests, isWider }) => (
          <Table.Tr key={pattern}>
            <Table.Td>
              <Code className="lk-wrap">{pattern}</Code>
            </Table.Td>
            <Table.Td>
              <Use requests={requests} isWider={isWider} />
            </Table.Td>
            <Table.Td ta="right" className="lk-tabular">
              {formatExact(requests)}
            </Table.Td>
          </Table.Tr>
        ))}
      </Table.Tbody>
    </Table>
  );
}

function Use({ requests, isWider }: { requests: number; isWider: boolean }) {
  const word = requests === 0 ? 'Never used' : isWider ? 'Wider than used' : 'As used';
  return (
    <Badge variant="default" miw="max-content">
      {word}
    </Badge>
  );
}

interface SuggestionProps {
  evidence: Evidence;
  /** `null`: its endpoints are as few as can be. */
  suggested: string[] | null;
  token: Token;
  readOnly: boolean;
}

function Suggestion({ evidence: { endpoints, scopes }, suggested, token, readOnly }: SuggestionProps) {
  const update = useUpdateToken();
  const { impact, failedOnly, unknown } = endpoints;
  const needed = token.scopes.filter((scope) => !scopes.neverNeeded.includes(scope));
  const proposal = { ...(suggested && { allowedEndpoints: suggested }), ...(needed.length < token.scopes.length && { scopes: needed }) };
  return (
    <Stack gap="xs">
      <Text size="sm" fw={500}>
        This would have been enough
      </Text>
      <Group gap={6}>
        {(suggested ?? token.allowedEndpoints ?? []).map((pattern) => (
          <Code key={pattern} className="lk-wrap">
            {pattern}
          </Code>
        ))}
      </Group>
      {proposal.scopes && <Text size="sm">Scopes: {needed.length === 0 ? 'none' : needed.join(', ')}.</Text>}
      {impact && (
        <Text size="sm">
          {impact.wouldBeRefused === 0
            ? `Every one of ${formatExact(impact.wouldPass)} requests of the last ${DAYS} days would still pass.`
            : `${formatExact(impact.wouldPass)} requests of the last ${DAYS} days would still pass; ${formatExact(impact.wouldBeRefused)} would be refused.`}
        </Text>
      )}
      {failedOnly.length > 0 && (
        <Text size="sm" c="dimmed">
          Left out, because they answered nothing but 4xx:{' '}
          {failedOnly
            .slice(0, 5)
            .map(({ method, endpoint }) => `${method} ${endpoint}`)
            .join(', ')}
          {failedOnly.length > 5 && ` and ${failedOnly.length - 5} more`}.
        </Text>
      )}
      {unknown > 0 && (
        <Text size="sm" c="dimmed">
          {formatExact(unknown)} requests went to so many different endpoints that they were counted without them.
        </Text>
      )}
      {!readOnly && (
        <Group gap="xs">
          <Button size="xs" loading={update.isPending} onClick={() => update.mutate({ id: token.id, ...proposal })}>
            Tighten now
          </Button>
          <DryRunButton token={token} proposal={proposal} />
        </Group>
      )}
      {update.error && (
        <Text size="sm" c="var(--mantine-color-error)" role="alert">
          {readRequestError(update.error).message}
        </Text>
      )}
    </Stack>
  );
}
