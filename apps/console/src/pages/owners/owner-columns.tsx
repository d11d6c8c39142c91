import { ActionIcon, Menu, Stack, Text, Tooltip } from '@mantine/core';
import { IconBan, IconDots, IconKey, IconPlus } from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import { useRef } from 'react';
import { OwnerLink } from '../../features/owner/owner-link.tsx';
import { formatOwner } from '../../features/owner/owner-ref.ts';
import { useNow } from '../../lib/clock.ts';
import { formatCount, formatDateTime, formatExact, formatPercent, formatRelative } from '../../lib/format.ts';
import type { Outputs } from '../../lib/trpc.ts';
import type { DataTableColumn } from '../../ui/data-table.tsx';
import { CardHead, CardLine } from '../../ui/row-card.tsx';

export type Owner = Outputs['owner']['list']['owners'][number];

export interface OwnerColumnOptions {
  timeZone: string;
  /** `null`: viewers end nothing. */
  onEnd: ((owner: Owner, opener: HTMLElement | null) => void) | null;
}

/** Column ids of sortable columns are the server's sort keys. */
export function ownerColumns({ timeZone, onEnd }: OwnerColumnOptions): DataTableColumn<Owner>[] {
  return [
    { id: 'owner', header: 'Owner', sortable: true, firstOrder: 'asc', width: '32%', cell: (owner) => <OwnerLink owner={owner} /> },
    { id: 'active', header: 'Active', sortable: true, align: 'right', cell: (owner) => <Active owner={owner} /> },
    { id: 'tokens', header: 'Tokens', sortable: true, cell: (owner) => <TokenCounts owner={owner} /> },
    { id: 'requests_24h', header: 'Last 24 h', sortable: true, align: 'right', cell: (owner) => <Traffic owner={owner} /> },
    { id: 'total_requests', header: 'In all', sortable: true, align: 'right', cell: (owner) => <Count value={owner.totalRequests} /> },
    { id: 'last_used_at', header: 'Last used', sortable: true, cell: (owner) => <LastUsed at={owner.lastUsedAt} timeZone={timeZone} /> },
    {
      id: 'menu',
      header: 'Actions',
      headerHidden: true,
      width: 48,
      cell: (owner) => <OwnerMenu owner={owner} onEnd={onEnd} />,
    },
  ];
}

/** On narrow screens: who, how many tokens, and how much they do. */
export function OwnerCard({ owner, timeZone, onEnd }: { owner: Owner } & OwnerColumnOptions) {
  return (
    <Stack gap={8}>
      <CardHead>
        <OwnerLink owner={owner} />
        <OwnerMenu owner={owner} onEnd={onEnd} />
      </CardHead>
      <CardLine>
        <TokenCounts owner={owner} />
        <Active owner={owner} />
      </CardLine>
      <CardLine>
        <Text size="sm" c="dimmed" className="lk-tabular">
          {formatExact(owner.requests24h)} in 24 h
        </Text>
        <LastUsed at={owner.lastUsedAt} timeZone={timeZone} />
      </CardLine>
    </Stack>
  );
}

/** `3 / 10`: those that count against the owner's limit, and the limit. */
function Active({ owner }: { owner: Owner }) {
  const counted = owner.active + owner.disabled;
  const { maxTokens } = owner;
  if (maxTokens === null) {
    return (
      <Text size="sm" span className="lk-tabular">
        {formatExact(owner.active)}
      </Text>
    );
  }
  const full = counted >= maxTokens;
  return (
    <Tooltip label={full ? 'At its limit: no more tokens can be made' : `May have ${formatExact(maxTokens)} tokens that are not over`}>
      <Text size="sm" span className="lk-tabular" c={full ? 'var(--lk-warning)' : undefined} fw={full ? 600 : undefined}>
        {formatExact(counted)} / {formatExact(maxTokens)}
        {full && ' · full'}
      </Text>
    </Tooltip>
  );
}

function TokenCounts({ owner }: { owner: Owner }) {
  const parts = [
    `${formatExact(owner.tokens)} ${owner.tokens === 1 ? 'token' : 'tokens'}`,
    owner.disabled > 0 && `${formatExact(owner.disabled)} disabled`,
    owner.expired > 0 && `${formatExact(owner.expired)} expired`,
    owner.revoked > 0 && `${formatExact(owner.revoked)} revoked`,
  ];
  return <Text size="sm">{parts.filter(Boolean).join(' · ')}</Text>;
}

function Traffic({ owner }: { owner: Owner }) {
  return (
    <div>
      <Count value={owner.requests24h} />
      {owner.failed24h > 0 && (
        <Text size="xs" c="dimmed" className="lk-tabular">
          {formatPercent(owner.failed24h, owner.requests24h)} failed
        </Text>
      )}
    </div>
  );
}

function Count({ value }: { value: number }) {
  return (
    <Text size="sm" className="lk-tabular" title={formatExact(value)}>
      {formatCount(value)}
    </Text>
  );
}

function LastUsed({ at, timeZone }: { at: string | null; timeZone: string }) {
  const now = useNow();
  if (at === null) {
    return (
      <Text size="sm" c="dimmed">
        never
      </Text>
    );
  }
  return (
    <Tooltip label={formatDateTime(at, timeZone, 'full')}>
      <Text size="sm" span style={{ whiteSpace: 'nowrap' }}>
        {formatRelative(at, now)}
      </Text>
    </Tooltip>
  );
}

function OwnerMenu({ owner, onEnd }: { owner: Owner; onEnd: OwnerColumnOptions['onEnd'] }) {
  const button = useRef<HTMLButtonElement>(null);
  const working = owner.active + owner.disabled + owner.expired > 0;
  return (
    <Menu position="bottom-end" withinPortal shadow="md" width={220} withInitialFocusPlaceholder={false}>
      <Menu.Target>
        <ActionIcon ref={button} variant="subtle" color="gray" size={30} aria-label={`Actions for ${owner.ownerType} ${owner.ownerId}`}>
          <IconDots size={18} aria-hidden />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Item
          leftSection={<IconKey size={16} aria-hidden />}
          renderRoot={(props) => <Link to="/api-tokens" search={{ owner: formatOwner(owner) }} {...props} />}
        >
          Show tokens
        </Menu.Item>
        {onEnd && (
          <Menu.Item
            leftSection={<IconPlus size={16} aria-hidden />}
            renderRoot={(props) => <Link to="/api-tokens/new" search={{ owner: formatOwner(owner) }} {...props} />}
          >
            Create token for them
          </Menu.Item>
        )}
        {onEnd && working && (
          <>
            <Menu.Divider />
            <Menu.Item c="var(--lk-bad)" leftSection={<IconBan size={16} aria-hidden />} onClick={() => onEnd(owner, button.current)}>
              End owner’s tokens…
            </Menu.Item>
          </>
        )}
      </Menu.Dropdown>
    </Menu>
  );
}
