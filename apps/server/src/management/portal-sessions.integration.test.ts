import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Management, openManagement } from './testing/open-management.ts';
import type { Received } from './testing/sender.ts';
import { type SignedIn, signInAs } from './testing/sign-in.ts';

type Json = Record<string, unknown>;

let management: Management;
let admin: SignedIn;
beforeAll(async () => {
  management = await openManagement();
  admin = await signInAs(management, 'admin');
});
afterAll(() => management.close());

const OWNER = { owner_type: 'customer', owner_id: '42' };
const call = (method: string, path: string, body?: unknown): Promise<Received> =>
  management.send(path, { method, ...(body === undefined ? {} : { body }), headers: { authorization: `Bearer ${admin.jwt}` } });
const create = (more: Json = {}) => call('POST', '/api/portal-sessions', { ...OWNER, ...more });
const sessionIn = (answer: Received) => (answer.json as { session: Json }).session;
const pathsIn = (answer: Received) => (answer.json as { details: { path: string }[] }).details.map(({ path }) => path);

describe('POST /api/portal-sessions', () => {
  it('answers 201 with a link whose secret no server gets to see, and 15 minutes to live', async () => {
    const before = Date.now();
    const answer = await create();
    const { url, expires_at } = answer.json as { url: string; expires_at: string };
    expect(answer.status).toBe(201);
    expect(url).toMatch(new RegExp(`^${management.url}/portal#token=[\\w-]{43}\\.[\\w-]{43}$`));
    expect(Date.parse(expires_at) - before).toBeGreaterThanOrEqual(900_000);
    expect(Date.parse(expires_at) - before).toBeLessThan(910_000);
  });

  it('has the defaults: every action, every type, and "Home" for a link back', async () => {
    expect(sessionIn(await create())).toMatchObject({
      ...OWNER,
      owner_name: null,
      status: 'waiting',
      actions: ['create', 'edit', 'revoke'],
      key_types: null,
      environment: null,
      return_url: null,
      return_text: 'Home',
      theme: {},
      embed_origin: null,
    });
  });

  it('keeps what the host asks for', async () => {
    const wanted = {
      owner_name: 'Nordlicht GmbH',
      return_url: 'https://app.example.com/settings?tab=api',
      return_text: 'Back to Nordlicht',
      theme: { '--api-keys-primary-color': '#336699', '--api-keys-radius': '4px', '--api-keys-font-family': '"Inter", sans-serif' },
      actions: ['create', 'revoke'],
      embed_origin: 'https://app.example.com',
    };
    const answer = await create({ ...wanted, ttl_seconds: 3600 });
    expect(sessionIn(answer)).toMatchObject(wanted);
    expect((answer.json as Json).url).toMatch(/\/portal\?embed=[\w-]+\.[\w-]{43}#token=/);
  });

  it.each<[Json, string]>([
    [{ owner_type: undefined }, 'owner_type'],
    [{ owner_type: 'Customer Type' }, 'owner_type'],
    [{ owner_id: '' }, 'owner_id'],
    [{ owner_id: 42 }, 'owner_id'],
    [{ owner_id: 'a\0' }, 'owner_id'],
    [{ owner_name: ' ' }, 'owner_name'],
    [{ ttl_seconds: 3601 }, 'ttl_seconds'],
    [{ ttl_seconds: 59 }, 'ttl_seconds'],
    [{ ttl_seconds: '900' }, 'ttl_seconds'],
    [{ return_url: 'javascript:alert(1)' }, 'return_url'],
    [{ return_url: 'data:text/html,x' }, 'return_url'],
    [{ return_url: '//evil.example' }, 'return_url'],
    [{ return_url: 'https://user:secret@app.example.com' }, 'return_url'],
    [{ return_url: '/settings' }, 'return_url'],
    [{ return_text: 'x'.repeat(61) }, 'return_text'],
    [{ actions: ['delete'] }, 'actions.0'],
    [{ embed_origin: 'https://app.example.com/path' }, 'embed_origin'],
    [{ embed_origin: '*' }, 'embed_origin'],
    [{ embed_origin: "https://a.example; script-src 'unsafe-inline'" }, 'embed_origin'],
  ])('refuses %j', async (change, path) => {
    const answer = await create(change);
    expect(answer).toMatchObject({ status: 400, json: { code: 'VALIDATION_ERROR' } });
    expect(pathsIn(answer)).toContain(path);
  });

  it.each<[string, string]>([
    ['--api-keys-primary-color', 'red; } body { display: none'],
    ['--api-keys-primary-color', 'url(https://evil.example/x)'],
    ['--api-keys-primary-color', 'var(--secret)'],
    ['--api-keys-primary-color', '#12'],
    ['--api-keys-primary-color', 'red\\3b'],
    ['--api-keys-radius', 'calc(1px + 1em)'],
    ['--api-keys-radius', '-8px'],
    ['--api-keys-font-family', 'x; background: red'],
    ['--api-keys-font-family', 'url(x)'],
    ['--mantine-color-body', 'red'],
    ['color', 'red'],
    ['constructor', 'red'],
  ])('lets no style through but values of its own variables: %s: %s', async (name, value) => {
    const answer = await create({ theme: { [name]: value } });
    expect(answer).toMatchObject({ status: 400, json: { code: 'VALIDATION_ERROR' } });
    expect(pathsIn(answer)).toEqual([`theme.${name}`]);
  });

  it.each(['#abc', '#AABBCC', '#aabbccdd', 'rebeccapurple', 'rgb(13 110 253 / 50%)', 'hsl(210, 50%, 40%)', 'light-dark(#fff, #000)'])(
    'takes the colour %s',
    async (value) => {
      expect((await create({ theme: { '--api-keys-danger-color': value } })).status).toBe(201);
    },
  );
});

describe('GET /api/portal-sessions', () => {
  it('is one page, newest first, of one owner, and shows no secret', async () => {
    const owner = { owner_type: 'listed', owner_id: '7' };
    const made = [await create(owner), await create(owner), await create(owner)];
    const answer = await call('GET', '/api/portal-sessions?owner_type=listed&owner_id=7&limit=2');
    const ids = made.map((one) => sessionIn(one).id);
    expect(answer).toMatchObject({ status: 200, json: { total: 3, limit: 2, offset: 0, sessions: [{ id: ids[2] }, { id: ids[1] }] } });
    for (const { json } of made) expect(answer.text).not.toContain((json as { url: string }).url.split('#token=')[1]);
    expect(answer.text).not.toMatch(/digest|bearer/);
  });
});

describe('POST /api/portal-sessions/:id/revoke', () => {
  it('ends the session, and again, and answers 404 for one that is not there', async () => {
    const { id } = sessionIn(await create());
    expect(await call('POST', `/api/portal-sessions/${id}/revoke`)).toMatchObject({
      status: 200,
      json: { session: { id, status: 'revoked' } },
    });
    expect((await call('POST', `/api/portal-sessions/${id}/revoke`)).status).toBe(200);
    expect((await call('POST', '/api/portal-sessions/999999/revoke')).status).toBe(404);
  });
});
