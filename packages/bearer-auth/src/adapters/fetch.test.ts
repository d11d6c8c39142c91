import { afterEach, describe, expect, it, vi } from 'vitest';
import { type Door, describeGuard } from '../testing/guard-cases.ts';
import { aGuardScene } from '../testing/guard-scene.ts';
import { describeNestedGuards } from '../testing/nested-cases.ts';
import { describePathTricks } from '../testing/path-trick-cases.ts';
import { bearer, send } from '../testing/send.ts';
import { serveFetch } from '../testing/serve-fetch.ts';
import { upstreamResponse } from '../testing/upstream-response.ts';
import { createFetchGuard, type FetchHandler } from './fetch.ts';

describeGuard('the fetch API', ({ guard, access }) => serveFetch(guard, createFetchGuard(guard).protect(upstreamResponse, access)));

describeNestedGuards('the fetch API', ({ outer, inner, access }) => {
  const below = createFetchGuard(inner).protect(upstreamResponse, access);
  return serveFetch(
    outer,
    createFetchGuard(outer).protect((request) => below(request)),
  );
});

describePathTricks('the fetch API', async ({ guard, onServed }) => {
  const protect = createFetchGuard(guard).protect((request) => {
    onServed(new URL(request.url).pathname + new URL(request.url).search);
    return new Response('served');
  });
  return { ...(await serveFetch(guard, protect)), mount: '/api' };
});

describeGuard('the fetch API, with no response of Node’s at hand', ({ guard, access }) => {
  const protect = createFetchGuard(guard).protect(upstreamResponse, access);
  return serveFetch(guard, (request, { incoming }) => protect(request, { incoming }));
});

describe('where there is nothing but a Request', () => {
  const request = (path: string, headers: Record<string, string>, init: RequestInit = {}) =>
    new Request(`https://api.example.com${path}`, { ...init, headers });
  const authorization = (text: string) => ({ Authorization: `Bearer ${text}` });

  it('the guard decides by it alone, and what is judged is what the handler sees', async () => {
    const { tokens, usage, guard } = aGuardScene();
    const seen: string[] = [];
    const protect = createFetchGuard(guard).protect((each, { path, search }) => {
      seen.push(new URL(each.url).pathname + new URL(each.url).search, `/api${path}${search}`);
      return new Response('ok');
    });
    const token = tokens.issue({ allowedEndpoints: ['/products*'] });
    const inside = await protect(request('/api/stores/../products/1?a=b#c', authorization(token)));
    expect([inside.status, await inside.text()]).toEqual([200, 'ok']);
    expect(seen).toEqual(['/api/products/1?a=b', '/api/products/1?a=b']);
    const outside = await protect(request('/api/products/../stores', authorization(token)));
    expect([outside.status, ((await outside.json()) as { code: string }).code]).toEqual([403, 'ENDPOINT_NOT_ALLOWED']);
    await vi.waitFor(() =>
      expect(usage.records).toMatchObject([
        { ip: null, status: 200 },
        { ip: null, status: 403 },
      ]),
    );
  });

  it.each([['two lines, which the fetch API joins', (text: string) => [authorization(text), authorization(text)]]])(
    '%s, are 400',
    async (_what, lines) => {
      const { tokens, guard } = aGuardScene();
      const headers = new Headers();
      for (const { Authorization } of lines(tokens.issue())) headers.append('Authorization', Authorization);
      const protect = createFetchGuard(guard).protect(() => new Response('ok'));
      expect((await protect(new Request('https://api.example.com/api/products', { headers }))).status).toBe(400);
    },
  );

  it('HTTPS is known by the URL', async () => {
    const { tokens, guard } = aGuardScene({ requireHttps: true });
    const protect = createFetchGuard(guard).protect(() => new Response('ok'));
    const headers = authorization(tokens.issue());
    expect((await protect(request('/api/products', headers))).status).toBe(200);
    expect((await protect(new Request('http://api.example.com/api/products', { headers }))).status).toBe(403);
  });

  it('a handler that throws is on record as 500, once, and its error goes on', async () => {
    const { tokens, usage, guard } = aGuardScene();
    const protect = createFetchGuard(guard).protect(() => Promise.reject(new Error('broken')));
    await expect(protect(request('/api/products', authorization(tokens.issue())))).rejects.toThrow('broken');
    expect(usage.records).toMatchObject([{ status: 500, outcome: 'VALID' }]);
  });

  const noAnswers: Record<string, () => unknown> = {
    'one that was read already': async () => {
      const response = new Response('once');
      await response.text();
      return response;
    },
    nothing: () => undefined,
  };

  it.each(Object.keys(noAnswers))('a handler that answers what can not be sent is on record as 500, once: %s', async (kind) => {
    const { tokens, usage, guard } = aGuardScene();
    const protect = createFetchGuard(guard).protect(noAnswers[kind] as FetchHandler);
    await expect(protect(request('/api/products', authorization(tokens.issue())))).rejects.toThrow();
    expect(usage.records).toMatchObject([{ status: 500, outcome: 'VALID', responseBytes: 0 }]);
  });

  it('the answer to HEAD is on record also where the source of its body can not be stopped', async () => {
    const { tokens, usage, guard } = aGuardScene();
    const cancel = () => Promise.reject(new Error('goes on'));
    const protect = createFetchGuard(guard).protect(() => new Response(new ReadableStream({ cancel })));
    const answer = await protect(request('/api/products', authorization(tokens.issue()), { method: 'HEAD' }));
    expect([answer.status, answer.body]).toEqual([200, null]);
    expect(usage.records).toMatchObject([{ status: 200, responseBytes: 0 }]);
  });

  it('the reason that a handler gave its status stays', async () => {
    const { tokens, guard } = aGuardScene();
    const protect = createFetchGuard(guard).protect(() => new Response('x', { status: 202, statusText: 'Later' }));
    expect(await protect(request('/api/products', authorization(tokens.issue())))).toMatchObject({ status: 202, statusText: 'Later' });
  });

  it('the handler does not run for a client that went away while its token was looked up', async () => {
    const { tokens, usage, guard } = aGuardScene();
    const leaving = new AbortController();
    const handler = vi.fn(() => new Response('late'));
    const answer = createFetchGuard(guard).protect(handler)(
      request('/api/products', authorization(tokens.issue()), { signal: leaving.signal }),
    );
    leaving.abort();
    expect((await answer).status).toBe(499);
    expect(handler).not.toHaveBeenCalled();
    expect(usage.records).toMatchObject([{ status: 499, outcome: 'CLIENT_CLOSED', responseBytes: 0 }]);
  });

  it('a client that goes away before there is an answer is recorded once, as 499', async () => {
    const { tokens, usage, guard } = aGuardScene();
    const leaving = new AbortController();
    const protect = createFetchGuard(guard).protect(async () => {
      leaving.abort();
      return new Response('late');
    });
    await protect(request('/api/products', authorization(tokens.issue()), { signal: leaving.signal }));
    expect(usage.records).toMatchObject([{ status: 499, outcome: 'CLIENT_CLOSED', responseBytes: 0 }]);
  });

  it('a body that fails is recorded once, as cut off, and fails', async () => {
    const { tokens, usage, guard } = aGuardScene();
    const failing: FetchHandler = () => new Response(new ReadableStream({ pull: (controller) => controller.error(new Error('half-way')) }));
    const response = await createFetchGuard(guard).protect(failing)(request('/api/products', authorization(tokens.issue())));
    await expect(response.text()).rejects.toThrow('half-way');
    expect(usage.records).toMatchObject([{ status: 499 }]);
  });

  it('a handler may deny after all, and its record says so', async () => {
    const { tokens, usage, guard } = aGuardScene();
    const fetchGuard = createFetchGuard(guard);
    const protect = fetchGuard.protect((each, admission) => fetchGuard.deny(each, admission, 'upstream_error'));
    const response = await protect(request('/api/products', authorization(tokens.issue())));
    expect([response.status, ((await response.json()) as { code: string }).code]).toEqual([502, 'UPSTREAM_ERROR']);
    expect(usage.records).toMatchObject([{ status: 502, outcome: 'UPSTREAM_ERROR' }]);
  });
});

describe('a stream', () => {
  const doors: Door[] = [];
  afterEach(async () => {
    for (const door of doors.splice(0)) await door.close();
  });

  it('arrives part by part; only its end waits for the record', async () => {
    const { tokens, usage, guard } = aGuardScene();
    const parts = Promise.withResolvers<ReadableStreamDefaultController<Uint8Array>>();
    const protect = createFetchGuard(guard).protect(() => new Response(new ReadableStream({ start: parts.resolve })));
    const door = await serveFetch(guard, protect);
    doors.push(door);
    usage.isHolding = true;
    const response = await fetch(`${door.url}/api/events`, { headers: { Authorization: `Bearer ${tokens.issue()}` } });
    const reader = response.body?.getReader();
    const controller = await parts.promise;
    controller.enqueue(new TextEncoder().encode('first'));
    expect(Buffer.from((await reader?.read())?.value ?? []).toString()).toBe('first');
    controller.enqueue(new TextEncoder().encode('last'));
    controller.close();
    expect(Buffer.from((await reader?.read())?.value ?? []).toString()).toBe('last');
    await usage.waitFor(1);
    const end = reader?.read();
    usage.confirm();
    expect(await end).toMatchObject({ done: true });
    expect(usage.records).toMatchObject([{ responseBytes: 9 }]);
    expect((await send(door.url, { path: '/api/products', headers: bearer('nonsense') })).status).toBe(401);
  });
});
