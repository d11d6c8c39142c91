import { TRPCClientError } from '@trpc/client';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ADMIN, type Management, openManagement } from '../../apps/server/src/management/testing/open-management.ts';
import { rotateToken } from './rest-client.ts';
import { createManagementClient, fetchAdminJwt, findThrottledTokens, issuePartnerToken } from './typed-client.ts';

let management: Management;
let jwt: string;
beforeAll(async () => {
  management = await openManagement();
  await management.auth.accounts.ensureFirstAdministrator(ADMIN.email, ADMIN.password);
  jwt = await fetchAdminJwt(management.url, ADMIN);
});
afterAll(() => management.close());

describe('the typed client', () => {
  it('issues a token and reads it back', async () => {
    const client = createManagementClient(management.url, jwt);
    const { id, secret } = await issuePartnerToken(client, 'Partner', '2099-12-31');
    expect(secret).toMatch(/^lk_live_/);
    const { token } = await client.token.get.query({ id });
    expect(token).toMatchObject({ name: 'Partner', rateLimit: 600, expiresAt: '2099-12-31T00:00:00.000Z', status: 'active' });
  });

  it('finds throttled tokens with their windows', async () => {
    const client = createManagementClient(management.url, jwt);
    const { id } = await issuePartnerToken(client, 'Throttled', '2099-12-31');
    const record = {
      kind: 'request',
      tokenId: id,
      at: Date.now() - 1_000,
      method: 'GET',
      endpoint: '/products',
      path: '/products',
    } as const;
    const refused = {
      status: 429,
      durationUs: 100,
      requestBytes: 0,
      responseBytes: 0,
      ip: null,
      userAgent: null,
      outcome: 'RATE_LIMITED',
      requestId: 'r',
      secretId: null,
      cost: 1,
      trial: null,
    } as const;
    await management.database.usageStore.ingest('examples', [{ ...record, ...refused }], null, { segment: 1, offset: 1 });
    expect(await findThrottledTokens(client)).toMatchObject([{ id, rateLimited: 1, window: { tokenId: id, limit: 600, current: 0 } }]);
  });

  it('tells apart what went wrong by a code', async () => {
    const client = createManagementClient(management.url, jwt);
    const failure: unknown = await client.token.get.query({ id: 999_999 }).catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(TRPCClientError);
    expect(failure).toMatchObject({ data: { code: 'NOT_FOUND', httpStatus: 404, requestId: expect.any(String) } });
  });

  it('says when the credentials are wrong', async () => {
    await expect(fetchAdminJwt(management.url, { ...ADMIN, password: 'not the password' })).rejects.toThrow('Sign-in failed: 401');
  });
});

describe('the REST client', () => {
  it('rotates a token with an overlap', async () => {
    const { id } = await issuePartnerToken(createManagementClient(management.url, jwt), 'Rotated', '2099-12-31');
    const { secret, revokeOld } = await rotateToken(management.url, jwt, id);
    expect(secret).toMatch(/^lk_live_/);
    expect(await management.database.tokens.get(id)).toMatchObject({ status: 'active' });
    await revokeOld();
    expect(await management.database.tokens.get(id)).toMatchObject({ status: 'revoked' });
  });

  it('says what went wrong in the server’s words', async () => {
    await expect(rotateToken(management.url, jwt, 999_999)).rejects.toThrow(/^NOT_FOUND: .+ \(request [0-9a-f-]+\)$/);
  });
});
