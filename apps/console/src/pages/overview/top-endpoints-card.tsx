import { IconRoute } from '@tabler/icons-react';
import { EndpointTable } from '../../features/usage/endpoint-table.tsx';
import type { TimeRange } from '../../lib/time-range.ts';
import { trpc } from '../../lib/trpc.ts';
import { SectionCard } from '../../ui/section-card.tsx';
import { EmptyState } from '../../ui/states.tsx';
import { CardQuery } from './card-query.tsx';
import { rangeOptions } from './use-overview.ts';

export function TopEndpointsCard({ time }: { time: TimeRange }) {
  const { from, to } = time;
  const query = trpc.usage.endpoints.useQuery({ from, to, limit: 10 }, rangeOptions(time));
  return (
    <SectionCard title="Top endpoints" description="By requests in this range, ids put together as :id" flush>
      <CardQuery query={query} height={320}>
        {({ endpoints }) =>
          endpoints.length === 0 ? (
            <EmptyState icon={<IconRoute size={22} />} title="No endpoint was called in this range" />
          ) : (
            <EndpointTable rows={endpoints} timeZone={time.timeZone} />
          )
        }
      </CardQuery>
    </SectionCard>
  );
}
