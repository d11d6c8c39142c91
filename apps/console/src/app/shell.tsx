import { AppShell, Box } from '@mantine/core';
import { useDisclosure, useFocusReturn, useMediaQuery } from '@mantine/hooks';
import { Outlet, useRouterState } from '@tanstack/react-router';
import { CommandPalette } from './command-palette.tsx';
import { Navigation } from './navigation.tsx';
import { SessionDialog } from './session-dialog.tsx';
import classes from './shell.module.css';
import { ShortcutSheet } from './shortcut-sheet.tsx';
import { TopBar } from './top-bar.tsx';
import { useShortcuts } from './use-shortcuts.ts';

/** The frame of every page behind the sign-in. */
export function Shell() {
  const [navigationOpen, navigation] = useDisclosure(false);
  const [sheetOpen, sheet] = useDisclosure(false);
  const loading = useRouterState({ select: (state) => state.status === 'pending' });
  const narrow = useMediaQuery('(max-width: 48em)', false, { getInitialValueInEffect: false });
  const covering = navigationOpen && narrow;
  useFocusReturn({ opened: covering });
  useShortcuts(sheet.open);
  return (
    <AppShell
      layout="alt"
      header={{ height: 60 }}
      navbar={{ width: 232, breakpoint: 'sm', collapsed: { mobile: !navigationOpen } }}
      padding={0}
    >
      <a className="lk-skip-link" href="#main">
        Skip to content
      </a>
      <AppShell.Header className={classes.header}>
        <TopBar navigationOpen={navigationOpen} onToggleNavigation={navigation.toggle} onShowShortcuts={sheet.open} />
      </AppShell.Header>
      {/* Out of sight is out of reach: nobody should have to walk through what is not shown. */}
      <AppShell.Navbar
        className={classes.navbar}
        aria-label="Main"
        inert={narrow && !navigationOpen}
        onKeyDown={(event) => event.key === 'Escape' && navigation.close()}
      >
        <Navigation covering={covering} onNavigate={navigation.close} onClose={navigation.close} />
      </AppShell.Navbar>
      <AppShell.Main id="main" tabIndex={-1} className={classes.main} aria-busy={loading}>
        <Box className={classes.content}>
          <Outlet />
        </Box>
      </AppShell.Main>
      <CommandPalette onShowShortcuts={sheet.open} />
      <ShortcutSheet opened={sheetOpen} onClose={sheet.close} />
      <SessionDialog />
    </AppShell>
  );
}
