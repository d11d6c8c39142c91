import { createMemoryHistory, createRootRoute, createRouter, RouterProvider } from '@tanstack/react-router';
import { type RenderResult, render } from '@testing-library/react';
import type { ReactNode } from 'react';
import { Providers } from '../app/providers.tsx';
import { createConsoleRouter } from '../app/router.tsx';
import { clearSessionEnd, reportSessionEnd } from '../lib/session-end.ts';
import { createQueryClient, createTrpcUtils, trpc } from '../lib/trpc.ts';
import { type Answers, createAnswerLink } from './answer-link.ts';

function createData(answers: Answers) {
  // The session is the page's, and one page is shown after the other here.
  clearSessionEnd();
  const queryClient = createQueryClient(reportSessionEnd);
  queryClient.setDefaultOptions({ queries: { ...queryClient.getDefaultOptions().queries, retry: false } });
  return { queryClient, trpcClient: trpc.createClient({ links: [createAnswerLink(answers)] }) };
}

/** Renders one component with everything around it, at the URL `path`. */
export async function renderUi(element: ReactNode, answers: Answers = {}, path = '/'): Promise<RenderResult> {
  const data = createData(answers);
  const history = createMemoryHistory({ initialEntries: [path] });
  const router = createRouter({ routeTree: createRootRoute({ component: () => element }), history });
  await router.load();
  return render(
    <Providers {...data} env="test">
      {/* biome-ignore lint/suspicious/noExplicitAny: a router of one page is not the registered one */}
      <RouterProvider router={router as any} />
    </Providers>,
  );
}

/** Renders the whole console at `path`: real routes, guards and shell. */
export async function renderConsole(path: string, answers: Answers) {
  const data = createData(answers);
  const history = createMemoryHistory({ initialEntries: [path] });
  const router = createConsoleRouter(createTrpcUtils(data.queryClient, data.trpcClient), history);
  const view = render(
    <Providers {...data} env="test">
      <RouterProvider router={router} />
    </Providers>,
  );
  return { ...view, router, queryClient: data.queryClient };
}
