import '@fontsource-variable/inter/wght.css';
import '@fontsource-variable/jetbrains-mono/wght.css';
import '@mantine/core/styles.css';
import '@mantine/notifications/styles.css';
import '@mantine/spotlight/styles.css';
import './app/global.css';
import { RouterProvider } from '@tanstack/react-router';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { Providers } from './app/providers.tsx';
import { createConsoleRouter } from './app/router.tsx';
import { preloadPages } from './app/routes.tsx';
import { reportSessionEnd } from './lib/session-end.ts';
import { createHttpLink, createQueryClient, createTrpcUtils, trpc } from './lib/trpc.ts';

const queryClient = createQueryClient(reportSessionEnd);
const trpcClient = trpc.createClient({ links: [createHttpLink()] });
const router = createConsoleRouter(createTrpcUtils(queryClient, trpcClient));

router.subscribe('onResolved', preloadPages);

const root = document.getElementById('root');
if (!root) throw new Error('index.html has no element #root.');
createRoot(root).render(
  <StrictMode>
    <Providers queryClient={queryClient} trpcClient={trpcClient}>
      <RouterProvider router={router} />
    </Providers>
  </StrictMode>,
);
