import { createRouter, type RouterHistory } from '@tanstack/react-router';
import { markNavigation } from '../lib/navigation-focus.ts';
import type { TrpcUtils } from '../lib/trpc.ts';
import { LoadingBlock } from '../ui/states.tsx';
import { RouteError } from './route-error.tsx';
import { routeTree } from './routes.tsx';

/** @param history the browser's; tests give one in memory. */
export function createConsoleRouter(utils: TrpcUtils, history?: RouterHistory) {
  const router = createRouter({
    routeTree,
    context: { utils },
    history,
    defaultPreload: 'intent',
    defaultPreloadStaleTime: 0,
    scrollRestoration: true,
    defaultPendingComponent: () => <LoadingBlock height={320} label="Loading page" />,
    defaultPendingMs: 150,
    defaultErrorComponent: RouteError,
  });
  let opened = false;
  router.subscribe('onBeforeNavigate', ({ pathChanged, toLocation }) => {
    // The page that the browser opened starts at its top by itself.
    if (pathChanged && opened) markNavigation(toLocation.pathname);
    opened = true;
  });
  return router;
}

declare module '@tanstack/react-router' {
  interface Register {
    router: ReturnType<typeof createConsoleRouter>;
  }
  interface StaticDataRouteOption {
    /** The page shows the global time range: the top bar offers it. */
    showsTime?: boolean;
  }
}
