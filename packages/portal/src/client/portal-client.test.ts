import { describe, expect, it } from 'vitest';
import { createPortalClient } from './portal-client.ts';

type Answer = { status?: number; body: unknown };

/** A server that answers in order and remembers what it was asked. */
function serve(...answers: (Answer | Error)[]) {
  const asked: { method: string; url: string; headers: Record<string, string>; body: unknown }[] = [];
  const send: typeof fetch = async (url, init) => {
    const headers = Object.fromEntries(new Headers(init?.headers));
    asked.push({
      method: init?.method ?? '',
      url: `${url}`,
      headers,
      body: typeof init?.body === 'string' ? JSON.parse(init.body) : undefined,
    });
    const answer = answers.shift() ?? { status: 500, body: null };
    if (answer instanceof Error) throw answer;
    return new Response(JSON.stringify(answer.body), { status: answer.status ?? 200 });
  };
  return { asked, client: createPortalClient({ baseUrl: 'https://tokens.example.com/', fetch: send }) };
}

describe('opening', () => {
  it('takes the link for a bearer, which goes with every call from then on', async () => {
    const { client, asked } = serve({ body: { session: { id: 5 }, bearer: 'b' } }, { body: { keys: [], total: 0 } });
    await client.open('link');
    await client.listKeys({ kind: 'secret', state: 'active' });
    expect(asked).toMatchObject([
      { method: 'POST', url: 'https://tokens.example.com/api/portal/session', headers: { authorization: 'Bearer link' } },
      {
        method: 'GET',
        url: 'https://tokens.example.com/api/portal/keys?kind=secret&state=active',
        headers: { authorization: 'Bearer b', 'x-portal-session': '5' },
      },
    ]);
    expect(asked[1]?.url).not.toContain('link');
  });

  it('with a cookie sends no bearer, and names the session', async () => {
    const { client, asked } = serve({ body: { session: { id: 5 }, bearer: null } }, { body: { keys: [], total: 0 } });
    await client.open('link');
    await client.listKeys({ kind: 'secret' });
    expect(asked[1]?.headers).toEqual({ 'x-portal-session': '5' });
  });

  it('happens once for a page that draws twice', async () => {
    const { client, asked } = serve({ body: { session: { id: 5 }, bearer: 'b' } });
    await Promise.all([client.open('link'), client.open('link')]);
    await client.open('link');
    expect(asked).toHaveLength(1);
  });
});

describe('an answer', () => {
  it('has the names of TypeScript, at every depth, and those of CSS variables as they are', async () => {
    const { client } = serve({
      body: { id: 5, return_url: null, theme: { '--api-keys-primary-color': 'red' }, secret: { can_create: true } },
    });
    expect(await client.readSession()).toEqual({
      id: 5,
      returnUrl: null,
      theme: { '--api-keys-primary-color': 'red' },
      secret: { canCreate: true },
    });
  });

  it('keeps figures in names: requests_24h', async () => {
    const { client } = serve({ body: { keys: [{ requests_24h: 3, last4: 'abcd' }], total: 1 } });
    expect(await client.listKeys({ kind: 'secret' })).toEqual({ keys: [{ requests24h: 3, last4: 'abcd' }], total: 1 });
  });
});

describe('what is sent', () => {
  it('is name, scopes and preset, in the names of the REST', async () => {
    const { client, asked } = serve({ status: 201, body: {} }, { body: {} });
    await client.createKey({ name: 'a', scopes: ['read'], expiresAtPreset: '7_days' });
    await client.updateKey(3, { name: null, scopes: [] });
    expect(asked.map(({ body }) => body)).toEqual([
      { name: 'a', scopes: ['read'], expires_at_preset: '7_days' },
      { name: null, scopes: [] },
    ]);
  });
});

describe('a refusal', () => {
  it('is a PortalError with code, details and request id', async () => {
    const body = { code: 'VALIDATION_ERROR', message: 'Invalid input', request_id: 'r', details: [{ path: 'name', message: 'Too long.' }] };
    const { client } = serve({ status: 400, body });
    await expect(client.createKey({})).rejects.toMatchObject({
      name: 'PortalError',
      status: 400,
      code: 'VALIDATION_ERROR',
      requestId: 'r',
      details: [{ path: 'name', message: 'Too long.' }],
    });
  });

  it('of a text that was read already is null, any other is not', async () => {
    const { client } = serve({ status: 404, body: { code: 'NOT_FOUND' } }, { status: 401, body: { code: 'UNAUTHENTICATED' } });
    expect(await client.takeToken(1)).toBeNull();
    await expect(client.takeToken(1)).rejects.toMatchObject({ status: 401 });
  });

  it('is also told of a server that did not answer, or with something else than JSON', async () => {
    const { client } = serve(new TypeError('fetch failed'), { status: 502, body: 'Bad gateway' });
    await expect(client.readForm()).rejects.toMatchObject({ status: 0, code: 'UNREACHABLE' });
    await expect(client.readForm()).rejects.toMatchObject({ status: 502, code: 'UNKNOWN' });
  });
});
