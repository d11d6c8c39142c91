import { describe, expect, it } from 'vitest';
import { createRouteMatcher } from './match-route.ts';
import { REST_ROUTES } from './rest-routes.ts';

const matchRoute = createRouteMatcher(REST_ROUTES);

const found = (method: string, path: string) => {
  const match = matchRoute(method, path);
  return match.kind === 'route' ? [match.route.operationId, match.id] : match;
};

describe('a path of the contract', () => {
  it.each([
    ['GET', '/api/api-tokens', 'listTokens', null],
    ['HEAD', '/api/api-tokens', 'listTokens', null],
    ['POST', '/api/api-tokens', 'createToken', null],
    ['GET', '/api/api-tokens/7', 'getToken', '7'],
    ['PUT', '/api/api-tokens/7', 'updateToken', '7'],
    ['DELETE', '/api/api-tokens/7', 'deleteToken', '7'],
    ['POST', '/api/api-tokens/7/revoke', 'revokeToken', '7'],
    ['GET', '/api/api-tokens/7/usage', 'readTokenUsage', '7'],
    // S4-083
    ['GET', '/api/api-tokens/stats/overview', 'readOverview', null],
    ['GET', '/api/api-tokens/stats', 'getToken', 'stats'],
  ])('%s %s is %s', (method, path, operationId, id) => {
    expect(found(method, path)).toEqual([operationId, id]);
  });
});

describe('another method on a path of the contract', () => {
  it.each([
    ['PATCH', '/api/api-tokens/7', ['GET', 'HEAD', 'PUT', 'DELETE']],
    ['DELETE', '/api/api-tokens', ['GET', 'HEAD', 'POST']],
    ['GET', '/api/api-tokens/7/revoke', ['POST']],
    ['DELETE', '/api/api-tokens/stats/overview', ['GET', 'HEAD']],
  ])('%s %s says which there are', (method, path, allow) => {
    expect(matchRoute(method, path)).toEqual({ kind: 'other-method', allow });
  });
});

it.each([
  '/api/api-tokens/',
  '/api/api-tokens//usage',
  '/api/api-tokens/7/',
  '/api/api-tokens/7/usage/x',
  '/api/api-tokensx',
  '/api/api-tokens/stats/other',
])('there is nothing at %s', (path) => {
  expect(matchRoute('GET', path)).toEqual({ kind: 'unknown' });
});
