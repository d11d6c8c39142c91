import { Button, Group, Paper, Text } from '@mantine/core';
import { IconPlayerPause, IconPlayerPlay } from '@tabler/icons-react';
import { useSetTokenActive } from '../../features/token/use-set-token-active.tsx';
import classes from './bulk-bar.module.css';

interface BulkBarProps {
  ids: number[];
  onClear: () => void;
}

/** Stays in sight while tokens are chosen. */
export function BulkBar({ ids, onClear }: BulkBarProps) {
  const { setActive, isPending } = useSetTokenActive();
  const subject = `${ids.length} ${ids.length === 1 ? 'token' : 'tokens'}`;
  const switchAll = async (active: boolean) => {
    // Not `disabled`: a button that is loses the focus.
    if (isPending) return;
    await setActive({ ids, active, subject });
    onClear();
  };
  return (
    <Paper className={classes.bar} data-bottom-bar withBorder shadow="md" role="region" aria-label="Chosen tokens">
      <Text size="sm" fw={500} role="status">
        {subject} chosen
      </Text>
      <Group gap="xs">
        <Button size="xs" variant="default" onClick={() => void switchAll(true)} leftSection={<IconPlayerPlay size={14} aria-hidden />}>
          Switch on
        </Button>
        <Button size="xs" variant="default" onClick={() => void switchAll(false)} leftSection={<IconPlayerPause size={14} aria-hidden />}>
          Switch off
        </Button>
        <Button size="xs" variant="subtle" onClick={onClear}>
          Clear
        </Button>
      </Group>
    </Paper>
  );
}
