import type { EffectiveView } from '@latchkey/api/schemas';
import { Group, Stack, Text } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import type { ReactNode } from 'react';
import { EffectiveText } from './effective-text.tsx';

interface Beside {
  /** Takes the place of the one with the same id, which may still be shown. */
  id?: string;
  /** A button at the right, such as Undo: there is a little more time for it. */
  action?: ReactNode;
}

/**
 * Says that a change was made, and where it is in force. A gateway that may still use the older state is worth a longer look.
 * @param effective absent where the server, which may be an older one while replicas are replaced, does not say; `null`: nothing changed
 */
export function announceChange(message: string, effective: EffectiveView | null | undefined, { id, action }: Beside = {}): void {
  const isPartial = Boolean(effective && effective.silent.length > 0);
  // One that is still shown would keep this one, which says more of now, from being shown at all.
  if (id !== undefined) notifications.hide(id);
  notifications.show({
    ...(id !== undefined && { id }),
    autoClose: isPartial ? 20_000 : action ? 8_000 : 6_000,
    ...(isPartial && { color: 'yellow' }),
    message: (
      <Group justify="space-between" gap="xs" wrap="nowrap">
        <Stack gap={2} flex={1} miw={0}>
          <Text size="sm" c="var(--mantine-color-text)" className="lk-wrap" lineClamp={3}>
            {message}
          </Text>
          {effective && <EffectiveText effective={effective} />}
        </Stack>
        {action}
      </Group>
    ),
  });
}
