import type { Token, TokenSecret } from '@latchkey/api/schemas';
import { Alert, Badge, Button, Group, Stack, Text, Tooltip } from '@mantine/core';
import { IconAlertTriangle, IconInfoCircle, IconRefresh } from '@tabler/icons-react';
import { useMemo, useState } from 'react';
import { useMemberName } from '../../features/admin/use-member-name.ts';
import { maskedToken } from '../../features/token/masked-token.ts';
import { useRevokeSecret } from '../../features/token/use-revoke-secret.ts';
import { useNow } from '../../lib/clock.ts';
import { formatCount, formatDateTime, formatExact, formatRelative } from '../../lib/format.ts';
import { readRequestError } from '../../lib/request-error.ts';
import { useTimeRange } from '../../lib/time-range.ts';
import { trpc } from '../../lib/trpc.ts';
import { ConfirmDialog } from '../../ui/confirm-dialog.tsx';
import { DataTable, type DataTableColumn } from '../../ui/data-table.tsx';
import { SectionCard } from '../../ui/section-card.tsx';
import { ErrorState, LoadingBlock } from '../../ui/states.tsx';
import { useTokenView } from './use-token-view.ts';

/** Every secret a token has had: which of them work, and who uses which. */
export function SecretsCard({ token, canChange }: { token: Token; canChange: boolean }) {
  const { change } = useTokenView();
  const query = trpc.token.secrets.useQuery({ id: token.id }, { refetchInterval: 10_000 });
  const mayRotate = canChange && token.status !== 'revoked';
  return (
    <SectionCard
      title="Secrets"
      description="Rotated, a token gets a new secret, and the old one goes on for a while beside it."
      actions={
        mayRotate && (
          <Button variant="default" size="sm" leftSection={<IconRefresh size={16} aria-hidden />} onClick={() => change({ rotate: true })}>
            Rotate…
          </Button>
        )
      }
      flush
    >
      {!query.data && query.error && <ErrorState error={query.error} onRetry={() => void query.refetch()} />}
      {query.isPending && <LoadingBlock height={120} label="Loading secrets" />}
      {query.data && (
        <>
          <OldSecrets secrets={query.data.secrets} />
          <SecretTable tokenId={token.id} secrets={query.data.secrets} canChange={canChange && token.status !== 'revoked'} />
        </>
      )}
    </SectionCard>
  );
}

/** What an administrator waits for after a rotation: that nobody comes with the old secret any more. */
function OldSecrets({ secrets }: { secrets: TokenSecret[] }) {
  const now = useNow();
  const { timeZone } = useTimeRange();
  const old = secrets.find(({ state }) => state === 'overlapping');
  if (!old) return null;
  const used = isUsedSince(old);
  const end =
    old.endsAt === null
      ? ''
      : ` It ends ${formatDateTime(old.endsAt, timeZone)}${old.quietHours === null ? '' : ` at the latest, or after ${old.quietHours} quiet hours`}.`;
  return (
    <Alert
      mx={18}
      mb="sm"
      variant="light"
      color={used ? 'yellow' : 'blue'}
      icon={used ? <IconAlertTriangle size={18} aria-hidden /> : <IconInfoCircle size={18} aria-hidden />}
    >
      <Text size="sm" className="lk-wrap">
        {used
          ? `The old secret ${maskedToken(old)} is still used: last ${formatRelative(old.lastUsedAt, now)}${whoOf(old)}.`
          : `Nobody has used the old secret ${maskedToken(old)} since the rotation.`}
        {end}
      </Text>
    </Alert>
  );
}

function isUsedSince({ lastUsedAt, supersededAt }: TokenSecret): boolean {
  return lastUsedAt !== null && supersededAt !== null && Date.parse(lastUsedAt) > Date.parse(supersededAt);
}

function whoOf({ lastIp, lastUserAgent }: TokenSecret): string {
  return `${lastIp === null ? '' : ` from ${lastIp}`}${lastUserAgent === null ? '' : ` by ${lastUserAgent}`}`;
}

interface SecretTableProps {
  tokenId: number;
  secrets: TokenSecret[];
  canChange: boolean;
}

function SecretTable({ tokenId, secrets, canChange }: SecretTableProps) {
  const { timeZone } = useTimeRange();
  const [ending, setEnding] = useState<TokenSecret | null>(null);
  const newestFirst = useMemo(() => [...secrets].reverse(), [secrets]);
  // The last one that works ends with its token only.
  const onRevoke = canChange && secrets.filter(works).length > 1 ? setEnding : null;
  const columns = useMemo(() => secretColumns(timeZone, onRevoke), [timeZone, onRevoke]);
  return (
    <>
      <DataTable
        label="Secrets"
        columns={columns}
        rows={newestFirst}
        getRowId={(secret) => String(secret.id)}
        minWidth={640}
        renderCard={(secret) => <SecretRowCard secret={secret} timeZone={timeZone} onRevoke={onRevoke} />}
      />
      {ending && <RevokeSecretDialog tokenId={tokenId} secret={ending} onClose={() => setEnding(null)} />}
    </>
  );
}

function works({ state }: TokenSecret): boolean {
  return state === 'current' || state === 'overlapping';
}

type OnRevoke = ((secret: TokenSecret) => void) | null;

function secretColumns(timeZone: string, onRevoke: OnRevoke): DataTableColumn<TokenSecret>[] {
  return [
    { id: 'secret', header: 'Secret', width: '26%', cell: (secret) => <Face secret={secret} /> },
    { id: 'created', header: 'Created', cell: (secret) => <Made secret={secret} timeZone={timeZone} /> },
    { id: 'used', header: 'Last used', width: '30%', cell: (secret) => <Used secret={secret} timeZone={timeZone} /> },
    { id: 'requests', header: 'Requests', align: 'right', cell: (secret) => <Requests secret={secret} /> },
    {
      id: 'revoke',
      header: 'Revoke',
      headerHidden: true,
      align: 'right',
      cell: (secret) => <RevokeButton secret={secret} onRevoke={onRevoke} />,
    },
  ];
}

function SecretRowCard({ secret, timeZone, onRevoke }: { secret: TokenSecret; timeZone: string; onRevoke: OnRevoke }) {
  return (
    <Stack gap={8}>
      <Group justify="space-between" gap="xs">
        <Face secret={secret} />
        <RevokeButton secret={secret} onRevoke={onRevoke} />
      </Group>
      <Group justify="space-between" align="flex-start" gap="xs">
        <Used secret={secret} timeZone={timeZone} />
        <Requests secret={secret} />
      </Group>
    </Stack>
  );
}

const STATES = {
  current: { label: 'Current', color: 'green' },
  overlapping: { label: 'Old, still works', color: 'yellow' },
  ended: { label: 'Ended', color: 'gray' },
  revoked: { label: 'Revoked', color: 'gray' },
} as const;

function Face({ secret }: { secret: TokenSecret }) {
  const { label, color } = STATES[secret.state];
  return (
    <div>
      <Text size="sm" ff="monospace" style={{ whiteSpace: 'nowrap' }}>
        {maskedToken(secret)}
      </Text>
      <Badge size="sm" variant="light" color={color} tt="none">
        {label}
      </Badge>
    </div>
  );
}

function Made({ secret, timeZone }: { secret: TokenSecret; timeZone: string }) {
  const creator = useMemberName(secret.createdBy);
  return (
    <>
      <Text size="sm">{formatDateTime(secret.createdAt, timeZone)}</Text>
      {creator && (
        <Text size="xs" c="dimmed" className="lk-wrap">
          by {creator}
        </Text>
      )}
    </>
  );
}

function Used({ secret, timeZone }: { secret: TokenSecret; timeZone: string }) {
  const now = useNow();
  if (secret.lastUsedAt === null) {
    return (
      <Text size="sm" c="dimmed">
        never
      </Text>
    );
  }
  return (
    <div style={{ minWidth: 0 }}>
      <Tooltip label={formatDateTime(secret.lastUsedAt, timeZone, 'full')}>
        <Text size="sm" span>
          {formatRelative(secret.lastUsedAt, now)}
        </Text>
      </Tooltip>
      <Text size="xs" c="dimmed" className="lk-wrap" lineClamp={2} title={secret.lastUserAgent ?? undefined}>
        {[secret.lastIp, secret.lastUserAgent].filter(Boolean).join(' · ')}
      </Text>
    </div>
  );
}

function Requests({ secret }: { secret: TokenSecret }) {
  return (
    <div>
      <Text size="sm" className="lk-tabular" title={`${formatExact(secret.totalRequests)} in all`}>
        {formatCount(secret.totalRequests)}
      </Text>
      <Text size="xs" c="dimmed" className="lk-tabular" style={{ whiteSpace: 'nowrap' }}>
        {formatCount(secret.requests24h)} in 24 h
      </Text>
    </div>
  );
}

function RevokeButton({ secret, onRevoke }: { secret: TokenSecret; onRevoke: OnRevoke }) {
  if (onRevoke === null || !works(secret)) return null;
  return (
    <Button
      variant="subtle"
      color="red"
      size="compact-sm"
      onClick={() => onRevoke(secret)}
      aria-label={`Revoke the secret ending in ${secret.last4}`}
    >
      Revoke…
    </Button>
  );
}

function RevokeSecretDialog({ tokenId, secret, onClose }: { tokenId: number; secret: TokenSecret; onClose: () => void }) {
  const now = useNow();
  const revoke = useRevokeSecret();
  return (
    <ConfirmDialog
      opened
      onClose={onClose}
      onConfirm={() => revoke.mutate({ id: tokenId, secretId: secret.id }, { onSuccess: onClose })}
      title={`Revoke the secret ${maskedToken(secret)}?`}
      confirmLabel="Revoke secret"
      tone="danger"
      pending={revoke.isPending}
    >
      <Stack gap="sm">
        <Text size="sm" className="lk-wrap">
          Every request with this secret is refused from now on; the token’s other secret goes on.
          {secret.state === 'current' && ' It is the newest one: the one before it is the current one again.'}
        </Text>
        <Text size="sm" className="lk-wrap">
          <b>{formatExact(secret.requests24h)} requests in the last 24 hours</b>; last used: {formatRelative(secret.lastUsedAt, now)}
          {secret.lastUsedAt !== null && whoOf(secret)}.
        </Text>
        {revoke.error && (
          <Alert color="red" variant="light" role="alert">
            {readRequestError(revoke.error).message}
          </Alert>
        )}
      </Stack>
    </ConfirmDialog>
  );
}
