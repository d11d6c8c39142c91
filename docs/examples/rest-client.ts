// The same over plain HTTP, for programs without TypeScript or tRPC. /openapi.json describes every call.

/** Calls the management REST and answers its JSON; throws with the server's own words for what went wrong. */
async function call(origin: string, jwt: string, method: string, path: string, body?: object): Promise<Record<string, unknown>> {
  const answer = await fetch(`${origin}/api/api-tokens${path}`, {
    method,
    headers: { authorization: `Bearer ${jwt}`, ...(body ? { 'content-type': 'application/json' } : {}) },
    body: body ? JSON.stringify(body) : null,
  });
  const result = (await answer.json()) as Record<string, unknown>;
  if (!answer.ok) throw new Error(`${result.code}: ${result.message} (request ${result.request_id})`);
  return result;
}

/** Replaces a token: the new secret works at once, the old one until it is revoked – give the holder the time to switch. */
export async function rotateToken(origin: string, jwt: string, id: number): Promise<{ secret: string; revokeOld: () => Promise<void> }> {
  const { token: old } = (await call(origin, jwt, 'GET', `/${id}`)) as { token: Record<string, unknown> };
  const { name, description, rate_limit, allowed_endpoints, expires_at } = old;
  const made = await call(origin, jwt, 'POST', '', { name, description, rate_limit, allowed_endpoints, expires_at });
  const { token: secret } = made.token as { token: string };
  return { secret, revokeOld: async () => void (await call(origin, jwt, 'POST', `/${id}/revoke`)) };
}
