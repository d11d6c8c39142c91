import { ActionIcon, Box, Burger, Button, Group, Kbd } from '@mantine/core';
import { spotlight } from '@mantine/spotlight';
import { IconSearch } from '@tabler/icons-react';
import { useMatches } from '@tanstack/react-router';
import { AccountMenu } from './account-menu.tsx';
import classes from './shell.module.css';
import { ThemeMenu } from './theme-menu.tsx';
import { TimeRangePicker } from './time-range-picker.tsx';

interface TopBarProps {
  navigationOpen: boolean;
  onToggleNavigation: () => void;
  onShowShortcuts: () => void;
}

export function TopBar({ navigationOpen, onToggleNavigation, onShowShortcuts }: TopBarProps) {
  const showsTime = useMatches({ select: (matches) => matches.some((match) => match.staticData.showsTime) });
  return (
    <Group h="100%" px={{ base: 'xs', sm: 'lg' }} gap="xs" wrap="nowrap" justify="space-between">
      <Group gap="xs" wrap="nowrap">
        <Burger opened={navigationOpen} onClick={onToggleNavigation} hiddenFrom="sm" size="sm" aria-label="Open navigation" />
        {showsTime && <TimeRangePicker />}
      </Group>
      <Group gap={6} wrap="nowrap">
        <Box visibleFrom="md">
          <Button
            variant="default"
            size="sm"
            className={classes.search}
            styles={{ label: { flex: 1 } }}
            leftSection={<IconSearch size={15} aria-hidden />}
            rightSection={<Kbd size="xs">{modifier} K</Kbd>}
            onClick={spotlight.open}
          >
            Search…
          </Button>
        </Box>
        <ActionIcon hiddenFrom="md" variant="subtle" color="gray" size={36} onClick={spotlight.open} aria-label="Search and commands">
          <IconSearch size={18} aria-hidden />
        </ActionIcon>
        <ThemeMenu />
        <AccountMenu onShowShortcuts={onShowShortcuts} />
      </Group>
    </Group>
  );
}

const modifier = /Mac|iPhone|iPad/.test(navigator.platform) ? '⌘' : 'Ctrl';
