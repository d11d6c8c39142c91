import { createRestHandler, type RestHandler } from '../rest/handle-rest.ts';
import type { RestRoute } from '../rest/rest-routes.ts';
import type { OwnTokenContext } from './own-token-context.ts';
import { ownTokenRouter } from './own-token-router.ts';

const ROOT = '/tokens';
/** The token that calls, about itself. */
export const OWN_STATE_PATH = '/_token';
const call = { query: {}, takesBody: false, errors: [] } as const;

/** Paths as the public API has them: what follows `/api`. */
const ROUTES: readonly RestRoute<string>[] = [
  {
    ...call,
    method: 'GET',
    path: OWN_STATE_PATH,
    procedure: 'describe',
    status: 200,
    operationId: 'describeOwnToken',
    summary: 'What the token that calls may do, and what is left of it',
    description: 'Free of rate limits and quota, and allowed whatever endpoints the token is restricted to.',
  },
  {
    ...call,
    method: 'GET',
    path: ROOT,
    procedure: 'list',
    status: 200,
    query: { limit: 'integer', offset: 'integer' },
    operationId: 'listOwnTokens',
    summary: 'List the tokens of the caller’s owner',
    description: 'Revoked and expired ones included, newest first. Never a secret.',
  },
  {
    ...call,
    method: 'POST',
    path: ROOT,
    procedure: 'mint',
    status: 201,
    operationId: 'mintOwnToken',
    summary: 'Make a token for the caller’s owner',
    description: 'It may do what the caller may. No input is read. The only time that its text is given.',
    errors: ['CONFLICT', 'LIMIT_REACHED'],
  },
  {
    ...call,
    method: 'DELETE',
    path: `${ROOT}/:id`,
    procedure: 'revoke',
    status: 204,
    operationId: 'revokeOwnToken',
    summary: 'Revoke a token of the caller’s owner',
    description: 'For good, also the very token that calls; revoking again answers the same.',
    errors: ['NOT_FOUND', 'CONFLICT'],
  },
];

/** Answers `/_token`, `/tokens` and `/tokens/:id` of the public API for a token that the guard has let in. */
export const handleOwnTokens: RestHandler<OwnTokenContext> = createRestHandler({ router: ownTokenRouter, routes: ROUTES });
