import type { TokenListItem } from '@latchkey/api/schemas';
import { Group, Stack, Text, Tooltip } from '@mantine/core';
import { formatRate } from '../../features/limit/limit-window.ts';
import { OwnerLink } from '../../features/owner/owner-link.tsx';
import { ownerOf } from '../../features/owner/owner-ref.ts';
import { HealthBadge } from '../../features/token/health-badge.tsx';
import { KindBadges } from '../../features/token/kind-badges.tsx';
import { maskedToken } from '../../features/token/masked-token.ts';
import { TokenMenu } from '../../features/token/token-menu.tsx';
import { tokenName } from '../../features/token/token-name.ts';
import { TokenSwitch } from '../../features/token/token-switch.tsx';
import { useNow } from '../../lib/clock.ts';
import { formatCount, formatDateTime, formatExact, formatRelative } from '../../lib/format.ts';
import type { DataTableColumn } from '../../ui/data-table.tsx';
import { LinkAnchor } from '../../ui/link-button.tsx';
import { CardHead, CardLine } from '../../ui/row-card.tsx';
import { Sparkline } from '../../ui/sparkline.tsx';

interface ColumnOptions {
  canChange: boolean;
  timeZone: string;
}

/** Column ids of sortable columns are the server's sort keys. */
export function tokenColumns({ canChange, timeZone }: ColumnOptions): DataTableColumn<TokenListItem>[] {
  return [
    { id: 'name', header: 'Name', sortable: true, firstOrder: 'asc', width: '28%', cell: (token) => <TokenName token={token} /> },
    { id: 'status', header: 'Health', sortable: true, cell: (token) => <HealthBadge health={token.health} /> },
    { id: 'requests_24h', header: 'Last 24 h', sortable: true, cell: (token) => <Traffic token={token} /> },
    {
      id: 'last_used_at',
      header: 'Last used',
      sortable: true,
      cell: (token) => <When at={token.lastUsedAt} timeZone={timeZone} missing="never" />,
    },
    { id: 'rate_limit', header: 'Limit and endpoints', sortable: true, cell: (token) => <Bounds token={token} /> },
    {
      id: 'expires_at',
      header: 'Expires',
      sortable: true,
      firstOrder: 'asc',
      cell: (token) => <When at={token.expiresAt} timeZone={timeZone} missing="never" />,
    },
    { id: 'active', header: 'On', cell: (token) => <TokenSwitch token={token} readOnly={!canChange} /> },
    {
      id: 'menu',
      header: 'Actions',
      headerHidden: true,
      width: 48,
      cell: (token) => <TokenMenu token={token} canChange={canChange} withOpen />,
    },
  ];
}

/** On narrow screens: what it is and how it is doing, then its traffic and when it was last used. */
export function TokenCard({ token, canChange, timeZone }: { token: TokenListItem } & ColumnOptions) {
  return (
    <Stack gap={8}>
      <CardHead>
        <TokenName token={token} />
        <TokenMenu token={token} canChange={canChange} withOpen />
      </CardHead>
      <CardLine>
        <HealthBadge health={token.health} />
        <TokenSwitch token={token} readOnly={!canChange} />
      </CardLine>
      <CardLine>
        <Traffic token={token} />
        <When at={token.lastUsedAt} timeZone={timeZone} missing="never used" />
      </CardLine>
    </Stack>
  );
}

function TokenName({ token }: { token: TokenListItem }) {
  const owner = ownerOf(token);
  return (
    <div style={{ minWidth: 0 }}>
      <Tooltip label={tokenName(token)} disabled={tokenName(token).length < 32} multiline maw={420}>
        <LinkAnchor
          to="/api-tokens/$tokenId"
          params={{ tokenId: String(token.id) }}
          fw={500}
          size="sm"
          c="bright"
          lineClamp={2}
          maw={300}
          className="lk-wrap"
        >
          {tokenName(token)}
        </LinkAnchor>
      </Tooltip>
      <Group gap="2px 8px" maw={300}>
        <Text size="xs" c="dimmed" ff="monospace" style={{ whiteSpace: 'nowrap' }}>
          {maskedToken(token)}
        </Text>
        <KindBadges token={token} />
        {owner && <OwnerLink owner={owner} size="xs" />}
      </Group>
    </div>
  );
}

function Traffic({ token }: { token: TokenListItem }) {
  const count = formatExact(token.requests24h);
  return (
    <Group gap={8} wrap="nowrap">
      <Sparkline data={token.sparkline} label={`${count} requests in 24 hours`} width={72} />
      <Text size="sm" className="lk-tabular" aria-hidden title={count}>
        {formatCount(token.requests24h)}
      </Text>
    </Group>
  );
}

function When({ at, timeZone, missing }: { at: string | null; timeZone: string; missing: string }) {
  const now = useNow();
  if (at === null) {
    return (
      <Text size="sm" c="dimmed" style={{ whiteSpace: 'nowrap' }}>
        {missing}
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

function Bounds({ token }: { token: TokenListItem }) {
  const [first, ...rest] = token.allowedEndpoints ?? [];
  const all = [first, ...rest].join('\n');
  return (
    <div style={{ minWidth: 0 }}>
      <Text size="sm" className="lk-tabular" style={{ whiteSpace: 'nowrap' }}>
        {token.rateLimitEnabled ? formatRate(token.rateLimit, token.rateLimitWindowMs) : 'no rate limit'}
      </Text>
      <Tooltip label={all} disabled={first === undefined} multiline maw={420} style={{ whiteSpace: 'pre-wrap' }}>
        <Group gap={4} wrap="nowrap" maw={144}>
          <Text size="xs" c="dimmed" truncate ff={first === undefined ? undefined : 'monospace'}>
            {first ?? 'every endpoint'}
          </Text>
          {rest.length > 0 && (
            <Text size="xs" c="dimmed" style={{ flexShrink: 0 }}>
              +{rest.length}
            </Text>
          )}
        </Group>
      </Tooltip>
    </div>
  );
}
