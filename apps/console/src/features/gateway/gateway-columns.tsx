import type { GatewayRow } from '@latchkey/api/schemas';
import { Badge, Stack, Text, Tooltip } from '@mantine/core';
import { IconCircleCheck, IconVolumeOff } from '@tabler/icons-react';
import { useNow } from '../../lib/clock.ts';
import { formatDateTime, formatExact, formatRelative } from '../../lib/format.ts';
import type { DataTableColumn } from '../../ui/data-table.tsx';
import { CardHead, CardLine } from '../../ui/row-card.tsx';

export interface GatewayColumnOptions {
  timeZone: string;
  newestVersion: number;
}

export function gatewayColumns({ timeZone, newestVersion }: GatewayColumnOptions): DataTableColumn<GatewayRow>[] {
  return [
    { id: 'name', header: 'Gateway', width: '24%', cell: (gateway) => <GatewayName gateway={gateway} /> },
    { id: 'state', header: 'State', cell: (gateway) => <GatewayState gateway={gateway} /> },
    { id: 'applied', header: 'Changes applied', cell: (gateway) => <Applied gateway={gateway} newestVersion={newestVersion} /> },
    { id: 'limiter', header: 'Limits', cell: ({ limiterMode }) => <LimiterMode mode={limiterMode} /> },
    { id: 'threads', header: 'Threads', align: 'right', cell: ({ threads }) => <Text size="sm">{formatExact(threads)}</Text> },
    { id: 'version', header: 'Version', cell: ({ version }) => <Text size="sm">{version}</Text> },
    { id: 'started', header: 'Up since', cell: ({ startedAt }) => <Moment at={startedAt} timeZone={timeZone} /> },
    { id: 'seen', header: 'Last seen', cell: ({ seenAt }) => <Moment at={seenAt} timeZone={timeZone} /> },
  ];
}

/** On narrow screens: who, whether it hears, and what it runs. */
export function GatewayCard({ gateway, timeZone, newestVersion }: { gateway: GatewayRow } & GatewayColumnOptions) {
  const { limiterMode, threads, version, startedAt, seenAt } = gateway;
  return (
    <Stack gap={6}>
      <CardHead>
        <GatewayName gateway={gateway} />
        <GatewayState gateway={gateway} />
      </CardHead>
      <CardLine>
        <Applied gateway={gateway} newestVersion={newestVersion} />
        <LimiterMode mode={limiterMode} />
      </CardLine>
      <Text size="xs" c="dimmed" component="div">
        {version} · {formatExact(threads)} {threads === 1 ? 'thread' : 'threads'} · up since{' '}
        <Moment at={startedAt} timeZone={timeZone} size="xs" /> · seen <Moment at={seenAt} timeZone={timeZone} size="xs" />
      </Text>
    </Stack>
  );
}

function GatewayName({ gateway: { name, host, pid } }: { gateway: GatewayRow }) {
  return (
    <div style={{ minWidth: 0 }}>
      {/* Names of one deployment often differ at their ends only. */}
      <Text size="sm" fw={600} className="lk-wrap" lineClamp={4} title={name}>
        {name}
      </Text>
      <Text size="xs" c="dimmed" className="lk-wrap" lineClamp={2} title={host}>
        {host} · process {pid}
      </Text>
    </div>
  );
}

function GatewayState({ gateway: { state, maxStaleSeconds } }: { gateway: GatewayRow }) {
  if (state === 'live') {
    return (
      <Badge variant="light" color="green" tt="none" miw="max-content" leftSection={<IconCircleCheck size={12} aria-hidden />}>
        live
      </Badge>
    );
  }
  const label = `It was not seen for five seconds, or can not hear changes. It trusts what it knows of tokens for ${formatExact(maxStaleSeconds)} s at most.`;
  return (
    <Tooltip label={label} multiline maw={280}>
      <Badge variant="light" color="red" tt="none" miw="max-content" tabIndex={0} leftSection={<IconVolumeOff size={12} aria-hidden />}>
        silent
      </Badge>
    </Tooltip>
  );
}

/** Numbers are drawn for every change of every token, so a difference says how far behind it is, and not by how many changes. */
function Applied({ gateway: { appliedVersion }, newestVersion }: { gateway: GatewayRow; newestVersion: number }) {
  const behind = newestVersion - appliedVersion;
  return (
    <Tooltip label={`The newest version of a token it has applied: ${formatExact(appliedVersion)}`}>
      <Text
        size="sm"
        span
        className="lk-tabular"
        style={{ whiteSpace: 'nowrap' }}
        c={behind > 0 ? 'var(--lk-warning)' : undefined}
        fw={behind > 0 ? 600 : undefined}
      >
        {behind > 0 ? `${formatExact(behind)} behind` : 'up to date'}
      </Text>
    </Tooltip>
  );
}

const LIMITER_MODES: Readonly<Record<string, readonly [text: string, meaning: string]>> = {
  memory: ['in memory', 'Counted in this process: exact on one machine'],
  valkey: ['Valkey', 'Counted in Valkey, shared by all gateways'],
  share: ['its share', 'Valkey can not be reached: this gateway enforces its share of each limit'],
};

function LimiterMode({ mode }: { mode: string }) {
  const [text, meaning] = LIMITER_MODES[mode] ?? [mode, 'What counts rate limits at the moment'];
  return (
    <Tooltip label={meaning} multiline maw={280}>
      <Text size="sm" span c={mode === 'share' ? 'var(--lk-warning)' : undefined} fw={mode === 'share' ? 600 : undefined}>
        {text}
      </Text>
    </Tooltip>
  );
}

function Moment({ at, timeZone, size = 'sm' }: { at: string; timeZone: string; size?: 'xs' | 'sm' }) {
  const now = useNow();
  return (
    <Tooltip label={formatDateTime(at, timeZone, 'full')}>
      <Text size={size} span style={{ whiteSpace: 'nowrap' }} className="lk-tabular">
        {formatRelative(at, now)}
      </Text>
    </Tooltip>
  );
}
