import { SimpleGrid, Text } from '@mantine/core';
import { formatBytes, formatCount, formatExact, formatMs, formatPercent } from '../../lib/format.ts';
import type { Outputs } from '../../lib/trpc.ts';
import { ErrorState, LoadingBlock } from '../../ui/states.tsx';
import classes from './token-header.module.css';

type Totals = Outputs['usage']['summary']['current'];

interface UsageTotalsProps {
  data: Outputs['usage']['summary'] | undefined;
  error: unknown;
  onRetry: () => void;
}

/** The range in figures. */
export function UsageTotals({ data, error, onRetry }: UsageTotalsProps) {
  if (!data) return error ? <ErrorState error={error} onRetry={onRetry} /> : <LoadingBlock height={84} label="Loading totals" />;
  return (
    <SimpleGrid cols={{ base: 2, sm: 3, lg: 6 }} spacing="lg" className={classes.facts} component="dl" mb={0}>
      {figures(data.current).map(({ term, value, detail }) => (
        <div key={term}>
          <Text component="dt" size="xs" c="dimmed">
            {term}
          </Text>
          <dd className={classes.value}>
            <Text fw={650} fz="lg" className="lk-tabular">
              {value}
            </Text>
            <Text size="xs" c="dimmed" className="lk-tabular">
              {detail}
            </Text>
          </dd>
        </div>
      ))}
    </SimpleGrid>
  );
}

function figures(totals: Totals) {
  const part = (count: number) => ({ value: formatCount(count), detail: formatPercent(count, totals.requests) });
  return [
    { term: 'Requests', value: formatCount(totals.requests), detail: `${formatExact(totals.ok)} ok` },
    { term: 'Caller’s errors (4xx)', ...part(totals.clientErrors) },
    { term: 'Over the limit (429)', ...part(totals.rateLimited) },
    { term: 'Our errors (5xx)', ...part(totals.serverErrors) },
    { term: 'Response time (p95)', value: formatMs(totals.p95), detail: `p50 ${formatMs(totals.p50)} · p99 ${formatMs(totals.p99)}` },
    { term: 'Sent', value: formatBytes(totals.responseBytes), detail: `${formatBytes(totals.requestBytes)} received` },
  ];
}
