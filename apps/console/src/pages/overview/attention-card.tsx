import { Box, Group, Text, ThemeIcon } from '@mantine/core';
import { IconCircleCheck } from '@tabler/icons-react';
import { HEALTH } from '../../features/token/health.ts';
import { type Outputs, trpc } from '../../lib/trpc.ts';
import { LinkAnchor } from '../../ui/link-button.tsx';
import { SectionCard } from '../../ui/section-card.tsx';
import { EmptyState } from '../../ui/states.tsx';
import { CardQuery } from './card-query.tsx';
import classes from './list.module.css';

type Item = Outputs['usage']['attention']['items'][number];

const SHOWN = 6;
/** The server names no more of them. */
const MOST = 50;

/** Tokens that want a look now, whatever the range. */
export function AttentionCard() {
  const query = trpc.usage.attention.useQuery(undefined, { refetchInterval: 15_000 });
  return (
    <SectionCard title="Needs attention" description="As of now, most pressing first" flush>
      <CardQuery query={query} height={280}>
        {({ items }) =>
          items.length === 0 ? (
            <EmptyState icon={<IconCircleCheck size={22} />} title="Nothing needs attention">
              Tokens that are throttled, failing, about to expire or unused are listed here.
            </EmptyState>
          ) : (
            <>
              <ul className={classes.list}>
                {items.slice(0, SHOWN).map((item) => (
                  <AttentionRow key={`${item.tokenId} ${item.reason}`} item={item} />
                ))}
              </ul>
              {items.length > SHOWN && (
                <Text size="sm" c="dimmed" px="var(--lk-gutter)" pb="sm">
                  And {items.length < MOST ? items.length - SHOWN : 'many'} more.{' '}
                  <LinkAnchor to="/api-tokens" size="sm" underline="always">
                    All tokens
                  </LinkAnchor>
                </Text>
              )}
            </>
          )
        }
      </CardQuery>
    </SectionCard>
  );
}

function AttentionRow({ item }: { item: Item }) {
  const { label, color, icon: Icon } = HEALTH[item.reason];
  return (
    <li className={classes.row}>
      <ThemeIcon variant="light" color={color} size={30} radius="md" aria-hidden>
        <Icon size={17} />
      </ThemeIcon>
      <Box miw={0} flex={1}>
        <Group gap={4} wrap="nowrap">
          <LinkAnchor to="/api-tokens/$tokenId" params={{ tokenId: String(item.tokenId) }} size="sm" fw={500} truncate className="lk-wrap">
            {item.name}
          </LinkAnchor>
          <Text size="sm" style={{ flexShrink: 0 }}>
            · {label}
          </Text>
        </Group>
        <Text size="xs" c="dimmed">
          {item.detail}
        </Text>
      </Box>
    </li>
  );
}
