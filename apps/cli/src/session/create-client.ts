import type { AppRouter } from '@latchkey/api';
import { createTRPCClient, httpLink } from '@trpc/client';
import type { Credential } from './credential.ts';
import type { ServerFetch } from './server-request.ts';

export type Client = ReturnType<typeof createClient>;

/** The typed procedures of a server. A JWT that has ended is renewed once where there is a session behind it. */
export function createClient(fetch: ServerFetch, credential: Credential) {
  async function authorizedFetch(url: string | URL, init: RequestInit = {}): Promise<Response> {
    const withJwt = (jwt: string | null): Promise<Response> => {
      const headers = new Headers(init.headers);
      if (jwt !== null) headers.set('authorization', `Bearer ${jwt}`);
      return fetch(url, { ...init, headers });
    };
    const jwt = await credential.jwt();
    const response = await withJwt(jwt);
    if (response.status !== 401 || jwt === null) return response;
    const next = await credential.jwt(jwt);
    return next === null ? response : withJwt(next);
  }
  return createTRPCClient<AppRouter>({
    links: [httpLink({ url: `${credential.origin}/trpc`, fetch: (url, init) => authorizedFetch(toUrl(url), toInit(init)) })],
  });
}

function toUrl(url: unknown): string {
  return String(url);
}

/** The library's own, looser shape of what it sends. */
function toInit(init: { method?: string; headers?: unknown; body?: unknown; signal?: unknown } | undefined): RequestInit {
  return { ...(init as RequestInit | undefined) };
}
