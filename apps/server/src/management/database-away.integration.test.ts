import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type CuttableProxy, openCuttableProxy } from './testing/open-cuttable-proxy.ts';
import { ADMIN, type Management, openManagement } from './testing/open-management.ts';
import { type SignedIn, signInAs } from './testing/sign-in.ts';

let proxy: CuttableProxy;
let management: Management;
let admin: SignedIn;
beforeAll(async () => {
  const throughProxy = async (url: string) => {
    proxy = await openCuttableProxy(url);
    return proxy.url;
  };
  management = await openManagement({ throughProxy });
  admin = await signInAs(management, 'admin');
});
afterAll(async () => {
  await management.close();
  await proxy.cut();
});

const bearer = () => ({ authorization: `Bearer ${admin.jwt}` });

describe('while the database is away', () => {
  beforeAll(() => proxy.cut());
  afterAll(() => proxy.mend());

  it('REST answers 503, says when to try again, and keeps the address of the database to itself', async () => {
    const answer = await management.send('/api/api-tokens', { headers: bearer() });
    expect(answer).toMatchObject({ status: 503, json: { code: 'TEMPORARILY_UNAVAILABLE', request_id: answer.headers['x-request-id'] } });
    expect(Number(answer.headers['retry-after'])).toBeGreaterThan(0);
    expect(answer.text).not.toMatch(/127\.0\.0\.1|ECONN|postgres/i);
  });

  it('procedures answer 503 in the shape that their client reads', async () => {
    const answer = await management.send('/trpc/admin.me', { headers: bearer() });
    expect(answer).toMatchObject({ status: 503, json: { error: { data: { code: 'TEMPORARILY_UNAVAILABLE', httpStatus: 503 } } } });
    expect(answer.text).not.toMatch(/127\.0\.0\.1|ECONN/);
  });

  it('sign-in answers 503, not that the password is wrong', async () => {
    expect((await management.send('/api/auth/sign-in/email', { method: 'POST', body: ADMIN })).status).toBe(503);
  });

  it('the process still lives, and its page is still served', async () => {
    expect((await management.send('/healthz')).status).toBe(200);
    expect((await management.send('/api-tokens')).status).toBe(200);
  });
});

it('goes on as soon as the database is back', async () => {
  expect((await management.send('/api/api-tokens', { headers: bearer() })).status).toBe(200);
});
