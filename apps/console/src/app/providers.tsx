import { MantineProvider } from '@mantine/core';
import { ModalsProvider } from '@mantine/modals';
import { Notifications } from '@mantine/notifications';
import { type QueryClient, QueryClientProvider } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { trpc } from '../lib/trpc.ts';
import { colorSchemeManager, cssVariablesResolver, theme } from './theme.ts';

interface ProvidersProps {
  queryClient: QueryClient;
  trpcClient: ReturnType<typeof trpc.createClient>;
  /** `test`: without transitions and portals' delays. */
  env?: 'default' | 'test';
  children: ReactNode;
}

/** What every screen stands on: data, theme, dialogs, messages. */
export function Providers({ queryClient, trpcClient, env = 'default', children }: ProvidersProps) {
  return (
    <trpc.Provider client={trpcClient} queryClient={queryClient}>
      <QueryClientProvider client={queryClient}>
        <MantineProvider
          theme={theme}
          cssVariablesResolver={cssVariablesResolver}
          colorSchemeManager={colorSchemeManager}
          defaultColorScheme="auto"
          env={env}
        >
          <ModalsProvider>
            {/* In the middle: buttons stand at the left and right ends of rows, pages and dialogs. */}
            <Notifications position="bottom-center" limit={3} containerWidth={400} />
            {children}
          </ModalsProvider>
        </MantineProvider>
      </QueryClientProvider>
    </trpc.Provider>
  );
}
