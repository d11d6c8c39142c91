// A program that manages tokens with full types: every input and output below is inferred from the server's own procedures.
// Needs: npm install @trpc/client (the version of the server, 11), and the types of @latchkey/api.
import type { AppRouter } from '@latchkey/api';
import { createTRPCClient, httpBatchLink } from '@trpc/client';

export type ManagementClient = ReturnType<typeof createManagementClient>;

/** Signs in as an administrator and answers a JWT. It is good for 15 minutes; ask again with the same session for the next. */
export async function fetchAdminJwt(origin: string, credentials: { email: string; password: string }): Promise<string> {
  const signedIn = await fetch(`${origin}/api/auth/sign-in/email`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(credentials),
  });
  if (!signedIn.ok) throw new Error(`Sign-in failed: ${signedIn.status} ${await signedIn.text()}`);
  const cookie = signedIn.headers
    .getSetCookie()
    .map((field) => field.split(';', 1)[0])
    .join('; ');
  const answer = await fetch(`${origin}/api/auth/token`, { headers: { cookie } });
  const { token } = (await answer.json()) as { token: string };
  return token;
}

/** A client of the procedures. Calls made in the same tick travel as one request, at most 20 at once. */
export function createManagementClient(origin: string, jwt: string) {
  const headers = { authorization: `Bearer ${jwt}` };
  return createTRPCClient<AppRouter>({ links: [httpBatchLink({ url: `${origin}/trpc`, headers, maxItems: 20 })] });
}

/** Issues a token for a partner: read-only on two parts of the API, 600 requests a minute, until the given day. */
export async function issuePartnerToken(client: ManagementClient, name: string, lastDay: string): Promise<{ id: number; secret: string }> {
  const { token } = await client.token.create.mutate({
    name,
    rateLimit: 600,
    allowedEndpoints: ['GET,HEAD /products*', 'GET,HEAD /stores/*/brands'],
    expiresAt: lastDay,
  });
  // The only moment at which the secret can be read: hand it over or store it now.
  return { id: token.id, secret: token.token };
}

/** Tokens that were refused for their limit in the last seven days, most refusals first, each with its window as it is now. */
export async function findThrottledTokens(client: ManagementClient) {
  const to = new Date();
  const from = new Date(to.getTime() - 7 * 86_400_000);
  const { tokens } = await client.limit.throttled.query({ from: from.toISOString(), to: to.toISOString(), limit: 10 });
  return Promise.all(tokens.map(async (token) => ({ ...token, window: await client.limit.status.query({ id: token.id }) })));
}
