import { afterAll, beforeAll, expect, it } from 'vitest';
import { type Management, openManagement } from '../../apps/server/src/management/testing/open-management.ts';
import { useLink } from '../../apps/server/src/management/testing/open-portal.ts';
import { type SignedIn, signInAs } from '../../apps/server/src/management/testing/sign-in.ts';
import { type RunningHost, startPortalHost } from './portal-host.ts';

let management: Management;
let admin: SignedIn;
let host: RunningHost;
beforeAll(async () => {
  management = await openManagement();
  admin = await signInAs(management, 'admin');
  host = await startPortalHost(management.url, async () => admin.jwt);
});
afterAll(async () => {
  await host?.close();
  await management?.close();
});

const visit = (path: string, cookie = '') => fetch(`${host.url}${path}`, { redirect: 'manual', headers: { cookie } });

it('sends a visitor without a login to the login page, and makes no session', async () => {
  const answer = await visit('/settings/api-keys');
  expect([answer.status, answer.headers.get('location')]).toEqual([302, '/login']);
  const { total } = await management.database.portalSessions.list({ limit: 1, offset: 0 });
  expect(total).toBe(0);
});

it('opens the portal for the organization of whoever is logged in', async () => {
  const login = await visit('/login?as=ada');
  const cookie = login.headers.getSetCookie()[0]?.split(';', 1)[0];
  const answer = await visit('/settings/api-keys', cookie);
  expect(answer.status).toBe(303);
  const link = answer.headers.get('location') ?? '';
  expect(link.startsWith(`${management.url}/portal#token=`)).toBe(true);
  expect((await useLink(management, link.split('#token=')[1] ?? '')).status).toBe(200);
  const { sessions } = await management.database.portalSessions.list({ limit: 1, offset: 0 });
  expect(sessions).toMatchObject([{ ownerType: 'organization', ownerId: 'org-1', ownerName: 'Nordlicht GmbH', status: 'open' }]);
});

it('leaves the rest of the application alone', async () => {
  expect(await (await visit('/')).text()).toContain('Log in as Ada');
});
