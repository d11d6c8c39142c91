import type { LimitStatus, Token } from '@latchkey/api/schemas';
import { Group, SimpleGrid, Text, Tooltip } from '@mantine/core';
import type { ReactNode } from 'react';
import { useMemberName } from '../../features/admin/use-member-name.ts';
import { WindowMeter } from '../../features/limit/limit-meter.tsx';
import { useLimitStatus } from '../../features/limit/use-limit-status.ts';
import { explainHealth } from '../../features/token/health.ts';
import { HealthBadge } from '../../features/token/health-badge.tsx';
import { KindBadges } from '../../features/token/kind-badges.tsx';
import { maskedToken } from '../../features/token/masked-token.ts';
import { TokenMenu } from '../../features/token/token-menu.tsx';
import { tokenName } from '../../features/token/token-name.ts';
import { TokenSwitch } from '../../features/token/token-switch.tsx';
import { useNow } from '../../lib/clock.ts';
import { formatDateTime, formatRelative } from '../../lib/format.ts';
import { useTimeRange } from '../../lib/time-range.ts';
import { PageHeader } from '../../ui/page-header.tsx';
import { LimitFacts } from './limit-facts.tsx';
import { RuleFacts } from './rule-facts.tsx';
import classes from './token-header.module.css';

interface TokenHeaderProps {
  token: Token;
  canChange: boolean;
  onDeleted: () => void;
}

/** Which token this is, how it is, and why. */
export function TokenHeader({ token, canChange, onDeleted }: TokenHeaderProps) {
  const now = useNow();
  const limits = useLimitStatus(token.id, token.status === 'active');
  return (
    <>
      <PageHeader
        title={tokenName(token)}
        documentTitle={`${tokenName(token)} · Tokens`}
        badge={<HealthBadge health={token.health} />}
        description={
          <>
            <Text span ff="monospace" inherit>
              {maskedToken(token)}
            </Text>{' '}
            <KindBadges token={token} />
            {' · '}
            {explainHealth(token, now)}
          </>
        }
        actions={
          <Group gap="sm">
            {token.status !== 'revoked' && <TokenSwitch token={token} readOnly={!canChange} label={token.active ? 'On' : 'Off'} />}
            <TokenMenu token={token} canChange={canChange} onDeleted={onDeleted} />
          </Group>
        }
      />
      <Facts token={token} limits={limits.data} />
      {limits.data && <LimitFacts status={limits.data} />}
      <RuleFacts token={token} />
    </>
  );
}

function Facts({ token, limits }: { token: Token; limits: LimitStatus | undefined }) {
  const creator = useMemberName(token.createdBy);
  return (
    <SimpleGrid cols={{ base: 2, md: 4 }} spacing="lg" mb="lg" className={classes.facts} component="dl">
      <Fact term="Rate limit" className={classes.wide}>
        {limits ? <RateLimit status={limits} /> : <Text size="sm">{token.status === 'active' ? '…' : 'Not in use'}</Text>}
      </Fact>
      <Fact term="Last used">
        <Moment at={token.lastUsedAt} missing="Never" />
      </Fact>
      <Fact term="Expires">
        <Moment at={token.expiresAt} missing="Never" />
      </Fact>
      <Fact term="Created">
        <Moment at={token.createdAt} missing="–" />
        {creator && (
          <Text size="xs" c="dimmed" className="lk-wrap">
            by {creator}
          </Text>
        )}
      </Fact>
    </SimpleGrid>
  );
}

function RateLimit({ status }: { status: LimitStatus }) {
  const own = status.windows.find(({ name }) => name === 'default');
  return own ? <WindowMeter window={own} label="Rate limit used" /> : <Text size="sm">No rate limit</Text>;
}

function Fact({ term, children, className }: { term: string; children: ReactNode; className?: string }) {
  return (
    <div className={className}>
      <Text component="dt" size="xs" c="dimmed" mb={2}>
        {term}
      </Text>
      <dd className={classes.value}>{children}</dd>
    </div>
  );
}

function Moment({ at, missing }: { at: string | null; missing: string }) {
  const now = useNow();
  const { timeZone } = useTimeRange();
  if (at === null) return <Text size="sm">{missing}</Text>;
  return (
    <Tooltip label={formatDateTime(at, timeZone, 'full')} position="bottom-start">
      <div>
        <Text size="sm">{formatRelative(at, now)}</Text>
        <Text size="xs" c="dimmed">
          {formatDateTime(at, timeZone)}
        </Text>
      </div>
    </Tooltip>
  );
}
