import type { AppRouter } from '@latchkey/api';
import { MutationCache, QueryCache, QueryClient } from '@tanstack/react-query';
import { httpBatchLink, type TRPCLink } from '@trpc/client';
import { createTRPCQueryUtils, createTRPCReact } from '@trpc/react-query';
import type { inferRouterOutputs } from '@trpc/server';
import { readRequestError } from './request-error.ts';

export const trpc = createTRPCReact<AppRouter>();

/** Shapes of the answers: `Outputs['token']['list']`. */
export type Outputs = inferRouterOutputs<AppRouter>;

/** The console's own origin; the session travels in the same-site cookie. */
export function createHttpLink(): TRPCLink<AppRouter> {
  return httpBatchLink({ url: '/trpc', maxURLLength: 4000, maxItems: 12 });
}

/** @param onUnauthenticated called when the server no longer knows the session. */
export function createQueryClient(onUnauthenticated: () => void): QueryClient {
  const onError = (error: unknown) => {
    if (readRequestError(error).kind === 'unauthenticated') onUnauthenticated();
  };
  return new QueryClient({
    queryCache: new QueryCache({ onError }),
    mutationCache: new MutationCache({ onError }),
    defaultOptions: { queries: { staleTime: 10_000, retry: shouldRetry, refetchOnWindowFocus: true } },
  });
}

/** Only what may pass by itself is tried again, twice: a server that restarts, a network that hiccups. */
function shouldRetry(failures: number, error: Error): boolean {
  const { kind } = readRequestError(error);
  return (kind === 'offline' || kind === 'failed') && failures < 2;
}

/** Procedures outside of React: for route guards. */
export function createTrpcUtils(queryClient: QueryClient, client: ReturnType<typeof trpc.createClient>) {
  return createTRPCQueryUtils({ queryClient, client });
}
export type TrpcUtils = ReturnType<typeof createTrpcUtils>;
