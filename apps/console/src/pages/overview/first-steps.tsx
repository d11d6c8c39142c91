import { CloseButton, Code, Group, List, Stack, Text, ThemeIcon } from '@mantine/core';
import { IconCheck, IconCircle } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import { useCanChange } from '../../features/admin/use-me.ts';
import { usePreferences } from '../../lib/preferences.ts';
import { trpc } from '../../lib/trpc.ts';
import { CopyButton } from '../../ui/copy-button.tsx';
import { LinkButton } from '../../ui/link-button.tsx';
import { SectionCard } from '../../ui/section-card.tsx';

/** Leads from an empty Latchkey to the first request on the chart; ends by itself when that has arrived. */
export function FirstSteps() {
  const [{ checklistDismissed }, setPreferences] = usePreferences();
  const canChange = useCanChange();
  const { data } = trpc.token.list.useQuery(
    { limit: 1, sort: 'total_requests', order: 'desc' },
    { enabled: !checklistDismissed, refetchInterval: (query) => (isDone(query.state.data) ? false : 3000) },
  );
  if (!data || checklistDismissed || isDone(data)) return null;
  const hasToken = data.counts.all > 0;
  return (
    <SectionCard
      title="First steps"
      description="Three steps to the first request on the chart."
      actions={<CloseButton aria-label="Hide the first steps" onClick={() => setPreferences({ checklistDismissed: true })} />}
    >
      <List listStyleType="none" spacing="md" center={false}>
        <Step done={hasToken} title="Create a token">
          {canChange && !hasToken && (
            <LinkButton to="/api-tokens/new" size="xs">
              Create token
            </LinkButton>
          )}
        </Step>
        <Step done={false} title="Call the API with it">
          <Curl />
        </Step>
        <Step done={false} title="See it arrive">
          <Text size="sm" c="dimmed" role="status">
            {hasToken ? 'Waiting for the first request…' : 'This page notices by itself, about a second after the call.'}
          </Text>
        </Step>
      </List>
    </SectionCard>
  );
}

function isDone(page: { tokens: { totalRequests: number }[] } | undefined): boolean {
  return (page?.tokens[0]?.totalRequests ?? 0) > 0;
}

function Step({ done, title, children }: { done: boolean; title: string; children: ReactNode }) {
  const Icon = done ? IconCheck : IconCircle;
  return (
    <List.Item
      icon={
        <ThemeIcon
          size={24}
          radius="xl"
          variant={done ? 'filled' : 'light'}
          color={done ? 'green' : 'gray'}
          aria-label={done ? 'Done' : 'To do'}
          role="img"
        >
          <Icon size={14} aria-hidden />
        </ThemeIcon>
      }
      styles={{ itemWrapper: { width: '100%', alignItems: 'flex-start' }, itemLabel: { flex: 1, minWidth: 0 } }}
    >
      <Stack gap={6} align="flex-start">
        <Text size="sm" fw={500} td={done ? 'line-through' : undefined}>
          {title}
        </Text>
        {children}
      </Stack>
    </List.Item>
  );
}

function Curl() {
  const command = `curl -H "Authorization: Bearer $LATCHKEY_TOKEN" ${window.location.origin}/api/products`;
  return (
    <Group gap={4} wrap="nowrap" maw="100%">
      <Code block className="lk-wrap" style={{ whiteSpace: 'pre-wrap' }}>
        {command}
      </Code>
      <CopyButton value={command} label="Copy the command" />
    </Group>
  );
}
