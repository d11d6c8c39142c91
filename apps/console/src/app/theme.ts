import {
  type CSSVariablesResolver,
  createTheme,
  Drawer,
  localStorageColorSchemeManager,
  Menu,
  Modal,
  Notification,
  Tooltip,
} from '@mantine/core';

/** Colours and sizes that hold WCAG 2.2 AA contrast in both schemes. */
export const theme = createTheme({
  primaryColor: 'indigo',
  primaryShade: { light: 7, dark: 7 },
  autoContrast: true,
  luminanceThreshold: 0.34,
  respectReducedMotion: true,
  cursorType: 'pointer',
  defaultRadius: 'md',
  fontFamily: "'Inter Variable', system-ui, -apple-system, 'Segoe UI', Roboto, sans-serif",
  fontFamilyMonospace: "'JetBrains Mono Variable', ui-monospace, SFMono-Regular, Menlo, Consolas, monospace",
  headings: {
    fontWeight: '650',
    sizes: {
      h1: { fontSize: '1.5rem', lineHeight: '1.3' },
      h2: { fontSize: '1.0625rem', lineHeight: '1.4' },
      h3: { fontSize: '0.9375rem', lineHeight: '1.4' },
    },
  },
  colors: {
    dark: ['#c9cbd1', '#a6a7ab', '#909296', '#5c5f66', '#373a40', '#2c2e33', '#25262b', '#1a1b1e', '#141517', '#101113'],
  },
  components: {
    Modal: Modal.extend({ defaultProps: { closeButtonProps: { 'aria-label': 'Close' }, centered: true } }),
    Drawer: Drawer.extend({ defaultProps: { closeButtonProps: { 'aria-label': 'Close' } } }),
    // The placeholder is a focusable child that a menu must not have (axe aria-required-children); the first item takes the focus.
    Menu: Menu.extend({ defaultProps: { withInitialFocusPlaceholder: false } }),
    Notification: Notification.extend({
      defaultProps: { closeButtonProps: { 'aria-label': 'Dismiss' } },
      styles: { description: { color: 'var(--mantine-color-dimmed)' } },
    }),
    Tooltip: Tooltip.extend({ defaultProps: { withArrow: true, openDelay: 300, events: { hover: true, focus: true, touch: false } } }),
  },
});

/** `--lk-…` are the product's own: outcome colours mean the same everywhere, and charts read them in both schemes. */
export const cssVariablesResolver: CSSVariablesResolver = () => ({
  variables: {},
  light: {
    '--mantine-color-dimmed': '#5c6570',
    '--mantine-color-placeholder': '#6b747d',
    '--mantine-color-error': '#c92a2a',
    // Viewers read settings in fields that are switched off.
    '--mantine-color-disabled-color': '#5c6570',
    '--mantine-color-green-light-color': '#1b5e20',
    '--mantine-color-yellow-light-color': '#7a4100',
    '--mantine-color-orange-light-color': '#8a3a00',
    '--mantine-color-red-light-color': '#9c1c1c',
    '--mantine-color-blue-light-color': '#1258a3',
    '--lk-page': '#f6f7f9',
    '--lk-surface': '#ffffff',
    '--lk-border': '#e3e6ea',
    '--lk-grid': '#e9ecef',
    '--lk-ok': '#3698d6',
    '--lk-client-error': '#4d27b9',
    '--lk-rate-limited': '#eb7002',
    '--lk-server-error': '#a01b24',
    '--lk-p50': '#748ffc',
    '--lk-p95': '#4263eb',
    '--lk-p99': '#2b3a91',
    '--lk-good': '#1b6e2c',
    '--lk-bad': '#b42318',
    '--lk-warning': '#8a3a00',
  },
  dark: {
    '--mantine-color-dimmed': '#a6a7ab',
    '--mantine-color-placeholder': '#909296',
    '--mantine-color-error': '#ff8787',
    '--mantine-color-disabled-color': '#a6a7ab',
    '--lk-page': '#141517',
    '--lk-surface': '#1a1b1e',
    '--lk-border': '#2f3136',
    '--lk-grid': '#2c2e33',
    '--lk-ok': '#5dc0f4',
    '--lk-client-error': '#794cdb',
    '--lk-rate-limited': '#fbbf21',
    '--lk-server-error': '#e4323e',
    '--lk-p50': '#5c7cfa',
    '--lk-p95': '#91a7ff',
    '--lk-p99': '#dbe4ff',
    '--lk-good': '#69db7c',
    '--lk-bad': '#ff8787',
    '--lk-warning': '#ffa94d',
  },
});

/** `theme.js` reads the same key before the first paint. */
export const colorSchemeManager = localStorageColorSchemeManager({ key: 'latchkey-color-scheme' });
