import type { Token } from '@latchkey/api/schemas';
import { Chip, Group, Select } from '@mantine/core';
import { OUTCOMES, outcomeText } from '../../features/token/outcome-text.ts';
import { useTimeRange } from '../../lib/time-range.ts';
import { trpc } from '../../lib/trpc.ts';
import { parseClasses, STATUS_CLASSES, type StatusClass } from './token-search.ts';
import { useTokenView } from './use-token-view.ts';

const METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'];
const OUTCOME_OPTIONS = OUTCOMES.map((value) => ({ value, label: outcomeText(value).label }));
const LABELS: Readonly<Record<StatusClass, string>> = { '2xx': '2xx', '4xx': '4xx', '429': '429', '5xx': '5xx' };

/** Which requests to show; the server filters. */
export function RequestFilters({ token }: { token: Token }) {
  const { search, change } = useTokenView();
  const endpoints = useEndpointNames(token.id, search.endpoint);
  const classes = parseClasses(search.status);
  const toggle = (each: StatusClass) => {
    const next = classes.includes(each) ? classes.filter((other) => other !== each) : [...classes, each];
    change({ status: next.join(',') || undefined });
  };
  return (
    <Group gap="xs" px="var(--lk-gutter)" pb="sm">
      <Group gap={6} role="group" aria-label="Status">
        {STATUS_CLASSES.map((each) => (
          <Chip key={each} size="xs" checked={classes.includes(each)} onChange={() => toggle(each)}>
            {LABELS[each]}
          </Chip>
        ))}
      </Group>
      <Filter label="Method" data={METHODS} value={search.method} onChange={(method) => change({ method })} width={120} />
      <Filter label="Endpoint" data={endpoints} value={search.endpoint} onChange={(endpoint) => change({ endpoint })} width={220} />
      <Filter label="Outcome" data={OUTCOME_OPTIONS} value={search.outcome} onChange={(outcome) => change({ outcome })} width={190} />
    </Group>
  );
}

interface FilterProps {
  label: string;
  data: string[] | { value: string; label: string }[];
  value: string | undefined;
  onChange: (value: string | undefined) => void;
  width: number;
}

function Filter({ label, data, value, onChange, width }: FilterProps) {
  return (
    <Select
      size="xs"
      aria-label={label}
      placeholder={`Any ${label.toLowerCase()}`}
      data={data}
      value={value ?? null}
      onChange={(next) => onChange(next ?? undefined)}
      clearable
      clearButtonProps={{ 'aria-label': `Any ${label.toLowerCase()}` }}
      searchable={label === 'Endpoint'}
      w={width}
    />
  );
}

/** Templates this token called in the range, and the one that is filtered by. */
function useEndpointNames(tokenId: number, current: string | undefined): string[] {
  const { from, to } = useTimeRange();
  const { data } = trpc.usage.endpoints.useQuery({ tokenId, from, to, limit: 50 }, { staleTime: 30_000 });
  const names = data?.endpoints.map(({ endpoint }) => endpoint) ?? [];
  return [...new Set(current ? [current, ...names] : names)];
}
