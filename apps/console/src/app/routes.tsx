import { createRootRouteWithContext, createRoute, lazyRouteComponent, Outlet, redirect, retainSearchParams } from '@tanstack/react-router';
import { readRequestError } from '../lib/request-error.ts';
import { type TimeRangeSearch, timeRangeSearchSchema } from '../lib/time-range.ts';
import type { TrpcUtils } from '../lib/trpc.ts';
import { auditSearchSchema } from '../pages/audit/audit-search.ts';
import { newTokenSearchSchema } from '../pages/new-token/new-token-search.ts';
import { NotFoundPage } from '../pages/not-found/not-found-page.tsx';
import { operationsSearchSchema } from '../pages/operations/operations-search.ts';
import { overviewSearchSchema } from '../pages/overview/overview-search.ts';
import { ownersSearchSchema } from '../pages/owners/owners-search.ts';
import { signInSearchSchema } from '../pages/sign-in/sign-in-search.ts';
import { tokenSearchSchema } from '../pages/token/token-search.ts';
import { tokensSearchSchema } from '../pages/tokens/tokens-search.ts';
import { webhookSearchSchema } from '../pages/webhook/webhook-search.ts';
import { RouteError } from './route-error.tsx';
import { Shell } from './shell.tsx';
import { StartingPage } from './starting-page.tsx';

export interface RouterContext {
  utils: TrpcUtils;
}

const rootRoute = createRootRouteWithContext<RouterContext>()({
  component: Outlet,
  errorComponent: RouteError,
  notFoundComponent: NotFoundPage,
});

/** Everything behind the sign-in: shares the shell and the time range. */
const consoleRoute = createRoute({
  getParentRoute: () => rootRoute,
  id: 'console',
  validateSearch: timeRangeSearchSchema,
  search: { middlewares: [retainSearchParams<TimeRangeSearch>(['range', 'from', 'to', 'bucket', 'tz'])] },
  beforeLoad: async ({ context, location }) => {
    try {
      await context.utils.admin.me.ensureData(undefined, { staleTime: 60_000 });
    } catch (error) {
      if (readRequestError(error).kind !== 'unauthenticated') throw error;
      const { needed } = await context.utils.admin.setupState.fetch();
      throw needed ? redirect({ to: '/setup' }) : redirect({ to: '/sign-in', search: { returnTo: location.href } });
    }
  },
  component: Shell,
  pendingComponent: StartingPage,
  errorComponent: RouteError,
});

const overviewRoute = createRoute({
  getParentRoute: () => consoleRoute,
  path: '/',
  staticData: { showsTime: true },
  validateSearch: overviewSearchSchema,
  component: lazyRouteComponent(() => import('../pages/overview/overview-page.tsx'), 'OverviewPage'),
});

const tokensRoute = createRoute({
  getParentRoute: () => consoleRoute,
  path: '/api-tokens',
  validateSearch: tokensSearchSchema,
  component: lazyRouteComponent(() => import('../pages/tokens/tokens-page.tsx'), 'TokensPage'),
});

const newTokenRoute = createRoute({
  getParentRoute: () => consoleRoute,
  path: '/api-tokens/new',
  validateSearch: newTokenSearchSchema,
  component: lazyRouteComponent(() => import('../pages/new-token/new-token-page.tsx'), 'NewTokenPage'),
});

const importRoute = createRoute({
  getParentRoute: () => consoleRoute,
  path: '/api-tokens/import',
  component: lazyRouteComponent(() => import('../pages/import/import-page.tsx'), 'ImportPage'),
});

const tokenRoute = createRoute({
  getParentRoute: () => consoleRoute,
  path: '/api-tokens/$tokenId',
  staticData: { showsTime: true },
  validateSearch: tokenSearchSchema,
  component: lazyRouteComponent(() => import('../pages/token/token-page.tsx'), 'TokenPage'),
});

const ownersRoute = createRoute({
  getParentRoute: () => consoleRoute,
  path: '/owners',
  validateSearch: ownersSearchSchema,
  component: lazyRouteComponent(() => import('../pages/owners/owners-page.tsx'), 'OwnersPage'),
});

const auditRoute = createRoute({
  getParentRoute: () => consoleRoute,
  path: '/audit',
  validateSearch: auditSearchSchema,
  component: lazyRouteComponent(() => import('../pages/audit/audit-page.tsx'), 'AuditPage'),
});

const operationsRoute = createRoute({
  getParentRoute: () => consoleRoute,
  path: '/operations',
  validateSearch: operationsSearchSchema,
  component: lazyRouteComponent(() => import('../pages/operations/operations-page.tsx'), 'OperationsPage'),
});

const settingsRoute = createRoute({
  getParentRoute: () => consoleRoute,
  path: '/settings',
  component: lazyRouteComponent(() => import('../pages/settings/settings-page.tsx'), 'SettingsPage'),
});

const webhookRoute = createRoute({
  getParentRoute: () => consoleRoute,
  path: '/settings/webhooks/$webhookId',
  validateSearch: webhookSearchSchema,
  component: lazyRouteComponent(() => import('../pages/webhook/webhook-page.tsx'), 'WebhookPage'),
});

const signInRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/sign-in',
  validateSearch: signInSearchSchema,
  component: lazyRouteComponent(() => import('../pages/sign-in/sign-in-page.tsx'), 'SignInPage'),
});

const setupRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/setup',
  component: lazyRouteComponent(() => import('../pages/setup/setup-page.tsx'), 'SetupPage'),
});

/**
 * Fetches the code of every page while nobody waits for it: with it in hand, the console can still say what is wrong when the server
 * has gone away, instead of leaving the browser to it.
 */
export function preloadPages(): void {
  const pages = [
    overviewRoute,
    tokensRoute,
    newTokenRoute,
    importRoute,
    tokenRoute,
    ownersRoute,
    operationsRoute,
    auditRoute,
    settingsRoute,
    webhookRoute,
    signInRoute,
  ];
  const loading = pages.map(({ options }) => options.component?.preload?.());
  // Without the network there is nothing to do: the page itself tries again, and says so.
  void Promise.all([...loading, import('../pages/token/usage-tab.tsx')]).catch(() => undefined);
}

export const routeTree = rootRoute.addChildren([
  consoleRoute.addChildren([
    overviewRoute,
    tokensRoute,
    newTokenRoute,
    importRoute,
    tokenRoute,
    ownersRoute,
    operationsRoute,
    auditRoute,
    settingsRoute,
    webhookRoute,
  ]),
  signInRoute,
  setupRoute,
]);
