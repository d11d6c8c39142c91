import type { RestRoute } from '../rest/rest-routes.ts';

type PortalProcedure =
  | 'session.get'
  | 'key.list'
  | 'key.form'
  | 'key.create'
  | 'key.createPublishable'
  | 'key.edit'
  | 'key.update'
  | 'key.revoke'
  | 'key.reveal'
  | 'key.token'
  | 'key.usage';

const KEYS = '/api/portal/keys';
const read = { method: 'GET', status: 200, query: {}, takesBody: false } as const;
const act = { method: 'POST', status: 200, query: {}, takesBody: false } as const;

/** The calls of the portal page and of the components (S2-032…035). Fixed segments stand before `:id`. */
export const PORTAL_ROUTES: readonly RestRoute<PortalProcedure>[] = [
  {
    ...read,
    path: '/api/portal/session',
    procedure: 'session.get',
    operationId: 'readPortalSession',
    summary: 'Read the session',
    description: 'Whose keys these are, what may be done with them, and how the page looks.',
    errors: [],
  },
  {
    ...read,
    path: KEYS,
    procedure: 'key.list',
    operationId: 'listOwnKeys',
    summary: 'List own keys',
    description: 'One page of the owner’s keys of one kind, newest first.',
    query: { kind: 'text', state: 'text', limit: 'integer', offset: 'integer' },
    errors: ['VALIDATION_ERROR'],
  },
  {
    method: 'POST',
    path: KEYS,
    procedure: 'key.create',
    status: 201,
    operationId: 'createOwnKey',
    summary: 'Create a secret key',
    description: 'Takes `name`, `scopes` and `expires_at_preset`. `token` in the answer is the key’s text.',
    query: {},
    takesBody: true,
    errors: ['VALIDATION_ERROR', 'FORBIDDEN', 'LIMIT_REACHED', 'PAYLOAD_TOO_LARGE'],
  },
  {
    ...read,
    path: `${KEYS}/new`,
    procedure: 'key.form',
    operationId: 'readNewKeyForm',
    summary: 'What a new key can have',
    description: 'The scopes and expirations to choose from.',
    errors: ['FORBIDDEN'],
  },
  {
    ...act,
    path: `${KEYS}/create_publishable`,
    procedure: 'key.createPublishable',
    status: 201,
    operationId: 'createPublishableKey',
    summary: 'Create the publishable key',
    description: 'Makes the owner’s publishable key, which can be seen again at any time.',
    errors: ['FORBIDDEN', 'LIMIT_REACHED'],
  },
  {
    ...read,
    path: `${KEYS}/:id/edit`,
    procedure: 'key.edit',
    operationId: 'readKeyForm',
    summary: 'What a key can be changed to',
    description: 'The key, and the scopes to choose from.',
    errors: ['FORBIDDEN', 'NOT_FOUND'],
  },
  {
    method: 'PUT',
    path: `${KEYS}/:id`,
    procedure: 'key.update',
    status: 200,
    operationId: 'updateOwnKey',
    summary: 'Change a key',
    description: 'Takes `name` and `scopes`; absent = unchanged. Everything else is ignored.',
    query: {},
    takesBody: true,
    errors: ['VALIDATION_ERROR', 'FORBIDDEN', 'NOT_FOUND', 'PAYLOAD_TOO_LARGE'],
  },
  {
    ...act,
    path: `${KEYS}/:id/revoke`,
    procedure: 'key.revoke',
    operationId: 'revokeOwnKey',
    summary: 'Revoke a key',
    description: 'Ends the key permanently, from the next request on.',
    errors: ['FORBIDDEN', 'NOT_FOUND', 'CONFLICT'],
  },
  {
    ...act,
    path: `${KEYS}/:id/reveal`,
    procedure: 'key.reveal',
    operationId: 'revealOwnKey',
    summary: 'Read the text of a new key, once',
    description: 'Within ten minutes, by the session that made the key. The text is gone after that.',
    errors: ['NOT_FOUND'],
  },
  {
    ...read,
    path: `${KEYS}/:id/token`,
    procedure: 'key.token',
    operationId: 'readPublishableKey',
    summary: 'Read the text of a publishable key',
    description: 'Only of keys that are no secret.',
    errors: ['NOT_FOUND'],
  },
  {
    ...read,
    path: `${KEYS}/:id/usage`,
    procedure: 'key.usage',
    operationId: 'readOwnUsage',
    summary: 'Usage of a key by hour',
    description: 'Requests, successful and failed, of the last `hours` hours (24; at most 168).',
    query: { hours: 'integer' },
    errors: ['VALIDATION_ERROR', 'NOT_FOUND'],
  },
];
