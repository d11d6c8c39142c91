import { Button, Center, Code, Group, Stack, Text, Timeline, VisuallyHidden } from '@mantine/core';
import { keepPreviousData } from '@tanstack/react-query';
import { useState } from 'react';
import { listChanges } from '../../features/admin/list-changes.ts';
import { formatDateTime } from '../../lib/format.ts';
import { useTimeRange } from '../../lib/time-range.ts';
import { type Outputs, trpc } from '../../lib/trpc.ts';
import { SectionCard } from '../../ui/section-card.tsx';
import { EmptyState, ErrorState, LoadingBlock } from '../../ui/states.tsx';

type Entry = Outputs['admin']['audit']['entries'][number];

const PAGE = 25;

const ACTIONS: Partial<Record<Entry['action'], string>> = {
  'token.create': 'Created',
  'token.update': 'Changed',
  'token.enable': 'Switched on',
  'token.disable': 'Switched off',
  'token.set_trial': 'Rules put on trial',
  'token.enforce_trial': 'Trial enforced',
  'token.clear_trial': 'Trial dropped',
  'token.revoke': 'Revoked',
  'token.rotate': 'Rotated',
  'token.revoke_secret': 'Secret revoked',
  'token.end_overlap': 'Old secret ended',
  'token.import': 'Imported',
  'token.delete': 'Deleted',
};

/** Who changed what about this token, newest first. */
export function HistoryTab({ tokenId }: { tokenId: number }) {
  const [limit, setLimit] = useState(PAGE);
  const { data, error, refetch, isFetching } = trpc.admin.audit.useQuery(
    { targetType: 'token', targetId: String(tokenId), limit },
    { placeholderData: keepPreviousData },
  );
  return (
    <SectionCard title="History" description="Every change of this token, by whom and from where.">
      {error && <ErrorState error={error} onRetry={() => void refetch()} />}
      {!data && !error && <LoadingBlock height={200} label="Loading history" />}
      {data?.entries.length === 0 && <EmptyState title="No changes recorded" />}
      {data && data.entries.length > 0 && <Entries entries={data.entries} />}
      {data && data.total > data.entries.length && limit < 200 && (
        <Center mt="md">
          <Button variant="default" loading={isFetching} onClick={() => setLimit(Math.min(200, limit + PAGE))}>
            Load more
          </Button>
        </Center>
      )}
    </SectionCard>
  );
}

function Entries({ entries }: { entries: Entry[] }) {
  const { timeZone } = useTimeRange();
  return (
    <Timeline bulletSize={12} lineWidth={1} mt="xs">
      {entries.map((entry) => (
        <Timeline.Item key={entry.id} title={<Text fw={500}>{ACTIONS[entry.action] ?? entry.action}</Text>}>
          <Text size="sm" c="dimmed" className="lk-wrap">
            {formatDateTime(entry.at, timeZone, 'full')} · {entry.actorName}
            {entry.ipAddress && ` · from ${entry.ipAddress}`}
          </Text>
          {entry.action !== 'token.create' && <Changes before={entry.before} after={entry.after} />}
        </Timeline.Item>
      ))}
    </Timeline>
  );
}

function Changes({ before, after }: Pick<Entry, 'before' | 'after'>) {
  if (after === null) return null;
  return (
    <Stack gap={4} mt={6}>
      {listChanges(before, after).map((change) => (
        <Group key={change.field} gap={6} align="baseline">
          <Text size="sm">{change.field}</Text>
          <Value text={change.before} />
          <Text size="sm" span>
            <span aria-hidden>→</span>
            <VisuallyHidden>became</VisuallyHidden>
          </Text>
          <Value text={change.after} />
        </Group>
      ))}
    </Stack>
  );
}

/** A list has one line for each of its members. */
function Value({ text }: { text: string }) {
  return (
    <Code className="lk-wrap" style={{ whiteSpace: 'pre-wrap' }}>
      {text}
    </Code>
  );
}
