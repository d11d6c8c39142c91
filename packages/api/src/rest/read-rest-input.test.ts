import { describe, expect, it } from 'vitest';
import { createRouteMatcher } from './match-route.ts';
import { readRestInput } from './read-rest-input.ts';
import { REST_ROUTES } from './rest-routes.ts';

const matchRoute = createRouteMatcher(REST_ROUTES);

async function read(method: string, url: string, body = '', contentType: string | null = 'application/json'): Promise<unknown> {
  const { pathname, searchParams } = new URL(url, 'http://latchkey.test');
  const match = matchRoute(method, pathname);
  if (match.kind !== 'route') throw new Error(`no route for ${method} ${url}`);
  const request = { method, path: pathname, query: searchParams, contentType, readBody: async () => body };
  return readRestInput(match.route, match.id, request);
}

describe('the query', () => {
  it('becomes the input of the list', async () => {
    expect(await read('GET', '/api/api-tokens?limit=10&offset=20&sort=name&order=asc&q=ab&status=active,expired&other=1')).toEqual({
      limit: 10,
      offset: 20,
      sort: 'name',
      order: 'asc',
      q: 'ab',
      status: ['active', 'expired'],
    });
  });

  it('takes a list also as repeated members', async () => {
    expect(await read('GET', '/api/api-tokens?status=active&status=revoked')).toEqual({ status: ['active', 'revoked'] });
  });

  it.each(['7.5', '1e3', '0x10', ' 7', '', 'NaN', '99999999999999999999'])('does not take %j for a number', async (days) => {
    expect(await read('GET', `/api/api-tokens/stats/overview?days=${days}`)).toEqual({ days });
  });

  it('leaves a repeated member to the schema to refuse', async () => {
    expect(await read('GET', '/api/api-tokens/stats/overview?days=1&days=2')).toEqual({ days: ['1', '2'] });
  });
});

describe('the id', () => {
  it.each(['0', '-1', '01', '1.0', 'abc', '2147483648', '99999999999', '%31', '1%20'])('%s is nobody’s', async (id) => {
    await expect(read('GET', `/api/api-tokens/${id}`)).rejects.toMatchObject({ code: 'NOT_FOUND' });
  });

  it('of the path wins over one in the body', async () => {
    expect(await read('PUT', '/api/api-tokens/7', '{"id":8,"name":"a"}')).toEqual({ id: 7, name: 'a' });
  });
});

describe('the body', () => {
  it('is renamed', async () => {
    expect(await read('POST', '/api/api-tokens', '{"rate_limit":5}', 'application/json; charset=utf-8')).toEqual({ rateLimit: 5 });
  });

  it.each(['', '{', 'undefined', '{"a":1}x'])('%j is not JSON', async (body) => {
    await expect(read('POST', '/api/api-tokens', body)).rejects.toMatchObject({ code: 'VALIDATION_ERROR', details: [{ path: '' }] });
  });

  it.each([null, 'text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data; boundary=x', 'application/jsonx'])(
    'is not read as %s',
    async (contentType) => {
      await expect(read('POST', '/api/api-tokens', '{}', contentType)).rejects.toMatchObject({
        code: 'VALIDATION_ERROR',
        details: [{ path: '' }],
      });
    },
  );

  it.each(['null', '[]', '"a"', '7'])('%s goes to the schema as it is', async (body) => {
    expect(await read('POST', '/api/api-tokens', body)).toEqual(JSON.parse(body));
  });

  it('is none where nothing is sent and nothing declared', async () => {
    expect(await read('POST', '/api/api-tokens', '', null)).toEqual({});
  });
});
