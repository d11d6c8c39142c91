import { Badge, Tooltip } from '@mantine/core';
import { describeHealth, HEALTH, type Health } from './health.ts';

/** Icon, word and advice: never colour alone. Focusable, so that the advice is there for the keyboard too. */
export function HealthBadge({ health }: { health: Health }) {
  const { label, color, icon: Icon } = HEALTH[health];
  return (
    <Tooltip label={describeHealth(health)} multiline w={280} withArrow events={{ hover: true, focus: true, touch: true }}>
      <Badge
        variant="light"
        color={color}
        radius="sm"
        tt="none"
        fw={500}
        leftSection={<Icon size={14} stroke={1.75} aria-hidden />}
        tabIndex={0}
        miw="max-content"
        style={{ cursor: 'help' }}
      >
        {label}
      </Badge>
    </Tooltip>
  );
}
