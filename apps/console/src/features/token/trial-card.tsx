import type { Token, Trial } from '@latchkey/api/schemas';
import { Button, Code, Group, Stack, Table, Text } from '@mantine/core';
import { formatDateTime, formatExact } from '../../lib/format.ts';
import { readRequestError } from '../../lib/request-error.ts';
import { useTimeRange } from '../../lib/time-range.ts';
import { type Outputs, trpc } from '../../lib/trpc.ts';
import { SectionCard } from '../../ui/section-card.tsx';
import { ErrorState, LoadingBlock } from '../../ui/states.tsx';
import { formatRate } from '../limit/limit-window.ts';
import { outcomeText } from './outcome-text.ts';
import { useTrial } from './use-trial.ts';

type Report = Outputs['usage']['trial'];

/** Rules on trial: what they would have refused so far, and the two ways to end it. */
export function TrialCard({ token, trial, canChange }: { token: Token; trial: Trial; canChange: boolean }) {
  const { timeZone } = useTimeRange();
  const report = trpc.usage.trial.useQuery({ id: token.id }, { refetchInterval: 10_000 });
  const since = formatDateTime(trial.since, timeZone);
  return (
    <SectionCard title="Dry run" description={`Watched, not enforced, since ${since}. Put on trial by ${trial.by}.`}>
      <Stack gap="md">
        <Proposal trial={trial} />
        {report.data && <Finding report={report.data} since={since} />}
        {!report.data &&
          (report.error ? <ErrorState error={report.error} onRetry={() => void report.refetch()} /> : <LoadingBlock height={60} />)}
        {report.data && report.data.endpoints.length > 0 && <Affected endpoints={report.data.endpoints} />}
        {canChange && <Ends token={token} trial={trial} />}
      </Stack>
    </SectionCard>
  );
}

function Proposal({ trial: { allowedEndpoints, scopes, rateLimit } }: { trial: Trial }) {
  return (
    <Stack gap={4}>
      {rateLimit && <Text size="sm">Limit: {formatRate(rateLimit.max, rateLimit.windowMs)}</Text>}
      {scopes && <Text size="sm">Scopes: {scopes.length === 0 ? 'none' : scopes.join(', ')}</Text>}
      {allowedEndpoints && (
        <Text size="sm" className="lk-wrap">
          Endpoints:{' '}
          {allowedEndpoints.length === 0
            ? 'every endpoint'
            : allowedEndpoints.map((pattern) => (
                <Code key={pattern} mr={4}>
                  {pattern}
                </Code>
              ))}
        </Text>
      )}
    </Stack>
  );
}

function Finding({ report: { requests, denied, hoursDenied }, since }: { report: Report; since: string }) {
  return (
    <Text fw={500} role="status">
      {requests === 0
        ? `No request came since ${since}.`
        : `Would have refused ${describeDenied(requests, denied.total, hoursDenied)} since ${since}.`}
    </Text>
  );
}

function describeDenied(requests: number, denied: number, hoursDenied: number): string {
  if (denied === 0) return `none of ${formatExact(requests)} requests`;
  const hours = hoursDenied === 1 ? '1 hour' : `${formatExact(hoursDenied)} hours`;
  return `${formatExact(denied)} of ${formatExact(requests)} requests in ${hours}`;
}

function Affected({ endpoints }: { endpoints: Report['endpoints'] }) {
  return (
    <Table.ScrollContainer minWidth={290}>
      <Table verticalSpacing={4} aria-label="Endpoints affected">
        <Table.Thead>
          <Table.Tr>
            <Table.Th scope="col">Endpoint</Table.Th>
            <Table.Th scope="col">Why</Table.Th>
            <Table.Th scope="col" ta="right">
              Would be refused
            </Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {endpoints.map(({ endpoint, method, code, denied }) => (
            <Table.Tr key={`${method} ${endpoint} ${code}`}>
              <Table.Td>
                <Code className="lk-wrap">
                  {method} {endpoint}
                </Code>
              </Table.Td>
              <Table.Td>{outcomeText(code).label}</Table.Td>
              <Table.Td ta="right" className="lk-tabular">
                {formatExact(denied)}
              </Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Table.ScrollContainer>
  );
}

function Ends({ token, trial }: { token: Token; trial: Trial }) {
  const { enforce, clear } = useTrial();
  const error = enforce.error ?? clear.error;
  const isBusy = enforce.isPending || clear.isPending;
  return (
    <Stack gap="xs">
      <Group gap="xs">
        <Button
          size="sm"
          loading={enforce.isPending}
          disabled={isBusy}
          onClick={() => enforce.mutate({ id: token.id, since: trial.since })}
        >
          Enforce
        </Button>
        <Button size="sm" variant="default" loading={clear.isPending} disabled={isBusy} onClick={() => clear.mutate({ id: token.id })}>
          Discard
        </Button>
      </Group>
      {error && (
        <Text size="sm" c="var(--mantine-color-error)" role="alert">
          {readRequestError(error).message}
        </Text>
      )}
    </Stack>
  );
}
