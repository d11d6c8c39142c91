import { Badge, Tooltip } from '@mantine/core';
import { IconAlertTriangle, IconCheck, IconPlayerPause } from '@tabler/icons-react';
import type { Outputs } from '../../lib/trpc.ts';

export type Webhook = Outputs['webhook']['get']['webhook'];

/** How an endpoint is, and what to do about it. */
export function describeWebhook(webhook: Webhook): { label: string; color: string; advice: string; icon: typeof IconCheck } {
  if (webhook.disabledReason === 'gone') {
    const advice = 'It answered 410 Gone, so nothing more is sent. Switch it on if it is there again.';
    return { label: 'Switched off: gone', color: 'red', advice, icon: IconAlertTriangle };
  }
  if (webhook.disabledReason === 'failing') {
    const advice = 'Nothing that was sent to it arrived for days. Mend it, then switch it on.';
    return { label: 'Switched off: failing', color: 'red', advice, icon: IconAlertTriangle };
  }
  if (!webhook.active) return { label: 'Off', color: 'gray', advice: 'Nothing is sent to it.', icon: IconPlayerPause };
  if (webhook.failingSince !== null) {
    const advice = 'The last attempt failed. It is tried again for about a day, at growing pauses.';
    return { label: 'Failing', color: 'yellow', advice, icon: IconAlertTriangle };
  }
  return { label: 'On', color: 'green', advice: 'Events are sent to it.', icon: IconCheck };
}

export function WebhookState({ webhook }: { webhook: Webhook }) {
  const { label, color, advice, icon: Icon } = describeWebhook(webhook);
  return (
    <Tooltip label={advice} multiline maw={280}>
      <Badge variant="light" color={color} radius="sm" tt="none" fw={500} leftSection={<Icon size={12} aria-hidden />} tabIndex={0}>
        {label}
      </Badge>
    </Tooltip>
  );
}

/** What people call it: its description, or the host it is sent to. */
export function webhookName({ description, url }: Pick<Webhook, 'description' | 'url'>): string {
  return description ?? (URL.canParse(url) ? new URL(url).host : url);
}

/** `3 events`, `Every event`. */
export function describeEventTypes(types: Webhook['eventTypes']): string {
  if (types === null) return 'Every event';
  return types.length === 1 ? (types[0] ?? '') : `${types.length} kinds of events`;
}
