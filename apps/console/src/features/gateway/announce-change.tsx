import type { EffectiveView } from '@latchkey/api/schemas';
import { Text } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { EffectiveText } from './effective-text.tsx';

/**
 * Says that a change was made, and where it is in force. A gateway that may still use the older state is worth a longer look.
 * @param effective absent where the server, which may be an older one while replicas are replaced, does not say; `null`: nothing changed
 */
export function announceChange(message: string, effective: EffectiveView | null | undefined): void {
  const isPartial = Boolean(effective && effective.silent.length > 0);
  notifications.show({
    autoClose: isPartial ? 20_000 : 6_000,
    ...(isPartial && { color: 'yellow' }),
    message: (
      <>
        <Text size="sm" className="lk-wrap" lineClamp={3}>
          {message}
        </Text>
        {effective && <EffectiveText effective={effective} />}
      </>
    ),
  });
}
