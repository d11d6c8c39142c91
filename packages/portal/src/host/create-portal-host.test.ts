import { describe, expect, it } from 'vitest';
import { createPortalHost, type HostMethod, type PortalHostOptions, type PortalOwner } from './create-portal-host.ts';

const LINK = 'https://tokens.example.com/portal#token=secret';

function open(options: Partial<PortalHostOptions> = {}, answer: () => Response = () => Response.json({ url: LINK }, { status: 201 })) {
  const asked: { url: string; authorization: string | null; body: unknown }[] = [];
  const send: typeof fetch = async (url, init) => {
    asked.push({ url: `${url}`, authorization: new Headers(init?.headers).get('authorization'), body: JSON.parse(`${init?.body}`) });
    return answer();
  };
  const host = createPortalHost({
    latchkeyUrl: 'https://tokens.example.com',
    readCredential: () => 'jwt',
    methods: { currentUser: () => ({ type: 'user', id: '7' }), authenticateUser: () => undefined },
    fetch: send,
    ...options,
  });
  const visit = (path = '/settings/api-keys', init?: RequestInit) => host(new Request(`https://app.example.com${path}`, init));
  return { asked, visit };
}

describe('with no configuration but its two functions', () => {
  it('is at /settings/api-keys, finds the owner with currentUser, and sends them to the portal', async () => {
    const { asked, visit } = open();
    const answer = await visit();
    expect([answer?.status, answer?.headers.get('location'), answer?.headers.get('cache-control')]).toEqual([303, LINK, 'no-store']);
    expect(asked).toEqual([
      { url: 'https://tokens.example.com/api/portal-sessions', authorization: 'Bearer jwt', body: { owner_type: 'user', owner_id: '7' } },
    ]);
  });

  it('leaves all other paths to the host', async () => {
    const { visit } = open();
    for (const path of ['/', '/settings', '/settings/api-keys/1', '/settings/api-keysx']) expect(await visit(path)).toBeNull();
  });

  it('can be at another path', async () => {
    const { visit } = open({ mountPath: '/team/keys' });
    expect((await visit('/team/keys/?from=menu'))?.status).toBe(303);
    expect(await visit('/settings/api-keys')).toBeNull();
  });
});

describe('the functions of the host', () => {
  it.each(['currentUser', 'authenticateUser'])('must exist: %s', (name) => {
    const methods: Record<string, HostMethod> = { currentUser: () => null, authenticateUser: () => undefined };
    delete methods[name];
    expect(() => open({ methods })).toThrow(new RegExp(`function "${name}"`));
  });

  it('are named by configuration, and must exist under that name', () => {
    expect(() => open({ currentOwnerMethod: 'currentTeam' })).toThrow(/"currentTeam"/);
    expect(() => open({ authenticateOwnerMethod: 'toString' })).toThrow(/"toString"/);
  });

  it.each<[string, string, PortalOwner]>([
    ['currentOrganization', 'requireOrganizationMember', { type: 'organization', id: 'org-1', name: 'Nordlicht' }],
    ['currentAccount', 'authenticateAccount', { type: 'account', id: 'acc-2' }],
    ['currentTeam', 'ensureTeamAccess', { type: 'team', id: 'team-3' }],
  ])('can be %s and %s', async (currentOwnerMethod, authenticateOwnerMethod, owner) => {
    const calls: string[] = [];
    const methods = {
      [currentOwnerMethod]: () => {
        calls.push(currentOwnerMethod);
        return owner;
      },
      [authenticateOwnerMethod]: async () => void calls.push(authenticateOwnerMethod),
    };
    const { asked, visit } = open({ methods, currentOwnerMethod, authenticateOwnerMethod });
    expect((await visit())?.status).toBe(303);
    expect(calls).toEqual([authenticateOwnerMethod, currentOwnerMethod]);
    expect(asked[0]?.body).toMatchObject({ owner_type: owner.type, owner_id: owner.id });
  });

  it('turn a visitor away before anything is asked for: a redirect to the login page stays one', async () => {
    const login = new Response(null, { status: 302, headers: { location: '/login' } });
    const methods = { currentUser: () => ({ type: 'user', id: '7' }), authenticateUser: () => login };
    const { asked, visit } = open({ methods });
    expect(await visit()).toBe(login);
    expect(asked).toEqual([]);
  });

  it('may find nobody: then no session is made', async () => {
    const { asked, visit } = open({ methods: { currentUser: () => null, authenticateUser: () => undefined } });
    expect((await visit())?.status).toBe(403);
    expect(asked).toEqual([]);
  });
});

describe('a session', () => {
  it('is asked for with what the host wants of it', async () => {
    const { asked, visit } = open({
      returnUrl: 'https://app.example.com/',
      returnText: 'Back',
      theme: { '--api-keys-primary-color': 'red' },
      actions: ['create'],
      keyTypes: ['secret'],
      environment: 'test',
      ttlSeconds: 300,
    });
    await visit();
    expect(asked[0]?.body).toEqual({
      owner_type: 'user',
      owner_id: '7',
      return_url: 'https://app.example.com/',
      return_text: 'Back',
      theme: { '--api-keys-primary-color': 'red' },
      actions: ['create'],
      key_types: ['secret'],
      environment: 'test',
      ttl_seconds: 300,
    });
  });

  it('that can not be made is told to the host in full and to the visitor in general', async () => {
    const errors: unknown[] = [];
    const { visit } = open({ onError: (error) => errors.push(error) }, () => new Response('{"code":"FORBIDDEN"}', { status: 403 }));
    const answer = await visit();
    expect(answer?.status).toBe(502);
    expect(await answer?.text()).not.toContain('FORBIDDEN');
    expect(errors).toEqual([expect.objectContaining({ message: expect.stringContaining('FORBIDDEN') })]);
  });

  it('is made for a visit alone', async () => {
    const { asked, visit } = open();
    expect((await visit(undefined, { method: 'POST' }))?.status).toBe(405);
    expect(asked).toEqual([]);
  });
});
