import { Badge } from '@mantine/core';
import { IconCheck, IconClock, IconX } from '@tabler/icons-react';
import type { Outputs } from '../../lib/trpc.ts';

type Status = Outputs['webhook']['delivery']['delivery']['status'];

const WORDS = {
  delivered: { label: 'Delivered', color: 'green', icon: IconCheck },
  pending: { label: 'Waiting', color: 'yellow', icon: IconClock },
  failed: { label: 'Failed', color: 'red', icon: IconX },
} as const satisfies Record<Status, unknown>;

export function DeliveryBadge({ status }: { status: Status }) {
  const { label, color, icon: Icon } = WORDS[status];
  return (
    <Badge variant="light" color={color} radius="sm" tt="none" fw={500} leftSection={<Icon size={12} aria-hidden />}>
      {label}
    </Badge>
  );
}
