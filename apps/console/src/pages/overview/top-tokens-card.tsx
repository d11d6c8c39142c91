import { Group, Stack, Text } from '@mantine/core';
import { IconKey } from '@tabler/icons-react';
import { ShareBar } from '../../features/usage/share-bar.tsx';
import { formatCount, formatPercent } from '../../lib/format.ts';
import type { TimeRange } from '../../lib/time-range.ts';
import { type Outputs, trpc } from '../../lib/trpc.ts';
import { LinkAnchor } from '../../ui/link-button.tsx';
import { SectionCard } from '../../ui/section-card.tsx';
import { EmptyState } from '../../ui/states.tsx';
import { CardQuery } from './card-query.tsx';
import classes from './list.module.css';
import { rangeOptions } from './use-overview.ts';

type TokenStats = Outputs['usage']['topTokens']['tokens'][number];

export function TopTokensCard({ time }: { time: TimeRange }) {
  const { from, to } = time;
  const query = trpc.usage.topTokens.useQuery({ from, to, limit: 6 }, rangeOptions(time));
  return (
    <SectionCard title="Top tokens" description="By requests in this range" flush>
      <CardQuery query={query} height={280}>
        {({ tokens }) =>
          tokens.length === 0 ? (
            <EmptyState icon={<IconKey size={22} />} title="No token was used in this range" />
          ) : (
            <ol className={classes.list}>
              {tokens.map((token) => (
                <TokenRow key={token.id} token={token} largest={tokens[0]?.requests ?? 0} />
              ))}
            </ol>
          )
        }
      </CardQuery>
    </SectionCard>
  );
}

function TokenRow({ token, largest }: { token: TokenStats; largest: number }) {
  return (
    <li className={classes.row}>
      <Stack gap={6} miw={0} flex={1}>
        <Group justify="space-between" wrap="nowrap" gap="sm">
          <LinkAnchor to="/api-tokens/$tokenId" params={{ tokenId: String(token.id) }} size="sm" fw={500} truncate>
            {token.name}
          </LinkAnchor>
          <Text size="sm" className="lk-tabular" style={{ whiteSpace: 'nowrap' }}>
            {formatCount(token.requests)}
            <Text span size="xs" c="dimmed">
              {' '}
              · {formatPercent(token.ok, token.requests)} ok
            </Text>
          </Text>
        </Group>
        <Group wrap="nowrap">
          <ShareBar counts={token} largest={largest} />
        </Group>
      </Stack>
    </li>
  );
}
