import { Badge, Burger, FocusTrap, Group, ScrollArea, Stack, Text, Tooltip } from '@mantine/core';
import { IconHistory, IconKey, IconLayoutDashboard, IconServer2, IconSettings, IconUsers } from '@tabler/icons-react';
import { useMe, useServerInfo } from '../features/admin/use-me.ts';
import { LinkNav } from '../ui/link-button.tsx';
import { Logo } from '../ui/logo.tsx';
import classes from './shell.module.css';

/** Pages of the navigation, in order. `key`: the letter after `g`. */
export const PAGES = [
  { to: '/', label: 'Overview', icon: IconLayoutDashboard, key: 'o', adminOnly: false },
  { to: '/api-tokens', label: 'Tokens', icon: IconKey, key: 't', adminOnly: false },
  { to: '/owners', label: 'Owners', icon: IconUsers, key: 'w', adminOnly: false },
  { to: '/operations', label: 'Operations', icon: IconServer2, key: 'p', adminOnly: false },
  { to: '/audit', label: 'Audit log', icon: IconHistory, key: 'a', adminOnly: true },
  { to: '/settings', label: 'Settings', icon: IconSettings, key: 's', adminOnly: false },
] as const;

/** Pages that the account's role can open. */
export function usePages() {
  const isAdmin = useMe()?.role === 'admin';
  return PAGES.filter((page) => isAdmin || !page.adminOnly);
}

interface NavigationProps {
  /** Narrow screens: it lies over the page, and the focus stays in it. */
  covering: boolean;
  onNavigate: () => void;
  /** Narrow screens: the navigation covers the page. */
  onClose: () => void;
}

export function Navigation({ covering, onNavigate, onClose }: NavigationProps) {
  const pages = usePages();
  const server = useServerInfo();
  return (
    <FocusTrap active={covering}>
      <Stack h="100%" gap={0}>
        <Group h={60} px="md" justify="space-between" wrap="nowrap">
          <Logo />
          {server?.demo && (
            <Tooltip label="Made-up tokens and traffic, in a data directory of its own" multiline maw={240}>
              <Badge color="yellow" variant="light" tabIndex={0}>
                Demo
              </Badge>
            </Tooltip>
          )}
          <Burger opened hiddenFrom="sm" size="sm" onClick={onClose} aria-label="Close navigation" data-autofocus />
        </Group>
        <ScrollArea flex={1} px="xs" py="xs">
          {pages.map(({ to, label, icon: Icon }) => (
            <LinkNav
              key={to}
              to={to}
              label={label}
              leftSection={<Icon size={18} stroke={1.7} aria-hidden />}
              className={classes.navLink}
              activeOptions={{ exact: to === '/', includeSearch: false }}
              activeProps={{ active: true, 'aria-current': 'page' }}
              onClick={onNavigate}
            />
          ))}
        </ScrollArea>
        {server && (
          <Text size="xs" c="dimmed" p="md">
            Latchkey {server.version}
            {server.sampleApi && ' · protecting the bundled sample API'}
          </Text>
        )}
      </Stack>
    </FocusTrap>
  );
}
