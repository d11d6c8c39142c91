import type { OperationErrorCode } from '@latchkey/core';

/** How one member of a query string is read: text becomes what the procedure's schema expects. */
export type QueryMember = 'text' | 'integer' | 'list';

/** One call of the REST contract: a door to a procedure, nothing more. */
export interface RestRoute<Procedure extends string = RestProcedure> {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  /** `:id` stands for the id of a token, a webhook or a delivery. */
  readonly path: string;
  readonly procedure: Procedure;
  /** Of the answer when it went well. */
  readonly status: 200 | 201 | 204;
  readonly operationId: string;
  readonly summary: string;
  readonly description: string;
  /** Members of the query string, in the contract's names. */
  readonly query: Readonly<Record<string, QueryMember>>;
  /** Whether the call takes a JSON body. */
  readonly takesBody: boolean;
  /** What can go wrong, beside what can go wrong everywhere. */
  readonly errors: readonly OperationErrorCode[];
}

export type RestProcedure =
  | 'token.list'
  | 'token.create'
  | 'token.get'
  | 'token.update'
  | 'token.delete'
  | 'token.revoke'
  | 'token.deleteExpired'
  | 'token.readViewable'
  | 'owner.list'
  | 'owner.get'
  | 'owner.end'
  | 'token.import'
  | 'token.rotate'
  | 'token.secrets'
  | 'token.revokeSecret'
  | 'policy.read'
  | 'token.explain'
  | 'token.setTrial'
  | 'token.enforceTrial'
  | 'token.clearTrial'
  | 'usage.trial'
  | 'usage.whatIf'
  | 'token.evidence'
  | 'limit.status'
  | 'usage.report'
  | 'usage.overview'
  | 'portalSession.create'
  | 'portalSession.list'
  | 'portalSession.revoke'
  | 'webhook.list'
  | 'webhook.create'
  | 'webhook.get'
  | 'webhook.update'
  | 'webhook.delete'
  | 'webhook.rotateSecret'
  | 'webhook.test'
  | 'webhook.deliveries'
  | 'webhook.delivery'
  | 'webhook.replay'
  | 'operations.gateways'
  | 'operations.records';

const ROOT = '/api/api-tokens';
const PORTAL_SESSIONS = '/api/portal-sessions';
const read = { method: 'GET', status: 200, query: {}, takesBody: false } as const;
const change = { status: 200, query: {}, takesBody: false } as const;
const days = { days: 'integer' } as const;
const page = { limit: 'integer', offset: 'integer' } as const;

/** The REST of contract §3. Fixed segments stand before `:id`. The document and its test read this table. */
export const REST_ROUTES: readonly RestRoute[] = [
  {
    ...read,
    path: ROOT,
    procedure: 'token.list',
    operationId: 'listTokens',
    summary: 'List tokens',
    description: 'One page of tokens with their usage figures. Never a secret. `status` takes one or several states, separated by commas.',
    query: {
      limit: 'integer',
      offset: 'integer',
      sort: 'text',
      order: 'text',
      status: 'list',
      q: 'text',
      owner_type: 'text',
      owner_id: 'text',
      key_type: 'text',
      environment: 'text',
    },
    errors: ['VALIDATION_ERROR'],
  },
  {
    method: 'POST',
    path: ROOT,
    procedure: 'token.create',
    status: 201,
    operationId: 'createToken',
    summary: 'Create a token',
    description: 'Makes a token. `token.token` in the answer is the secret: it is given this once and can not be read again.',
    query: {},
    takesBody: true,
    errors: ['VALIDATION_ERROR', 'FORBIDDEN', 'PAYLOAD_TOO_LARGE'],
  },
  {
    method: 'POST',
    path: `${ROOT}/delete-expired`,
    procedure: 'token.deleteExpired',
    status: 200,
    operationId: 'deleteExpiredTokens',
    summary: 'Delete expired tokens',
    description:
      'Deletes tokens that expired before an instant, with their usage; `dry_run` only says which. Until then an expired token stays, and says that it has expired.',
    query: {},
    takesBody: true,
    errors: ['VALIDATION_ERROR', 'FORBIDDEN', 'PAYLOAD_TOO_LARGE'],
  },
  {
    ...read,
    path: `${ROOT}/owners`,
    procedure: 'owner.list',
    operationId: 'listOwners',
    summary: 'List owners',
    description: 'One page of the owners that tokens have, with what their tokens add up to.',
    query: { limit: 'integer', offset: 'integer', sort: 'text', order: 'text', q: 'text', type: 'text' },
    errors: ['VALIDATION_ERROR'],
  },
  {
    ...read,
    path: `${ROOT}/owners/one`,
    procedure: 'owner.get',
    operationId: 'getOwner',
    summary: 'Read an owner',
    description: 'What the tokens of `owner_type` and `owner_id` add up to, and how many more it may have.',
    query: { owner_type: 'text', owner_id: 'text' },
    errors: ['VALIDATION_ERROR'],
  },
  {
    method: 'POST',
    path: `${ROOT}/owners/end`,
    procedure: 'owner.end',
    status: 200,
    operationId: 'endOwner',
    summary: 'End all tokens of an owner',
    description:
      'Revokes every token of an owner, or deletes them with their usage where `keep_history` is false – also those that cannot be revoked otherwise.',
    query: {},
    takesBody: true,
    errors: ['VALIDATION_ERROR', 'FORBIDDEN', 'PAYLOAD_TOO_LARGE'],
  },
  {
    ...read,
    path: `${ROOT}/gateways`,
    procedure: 'operations.gateways',
    operationId: 'listGateways',
    summary: 'List the processes that serve',
    description: 'Each with what counts its limits, when it was seen last, and the newest version of a token that it has applied.',
    errors: [],
  },
  {
    ...read,
    path: `${ROOT}/records`,
    procedure: 'operations.records',
    query: { hours: 'integer' },
    operationId: 'accountForRecords',
    summary: 'What became of usage records',
    description:
      'How many records the gateways accepted in the last `hours`, how many of them were stored, and how many were lost and why.',
    errors: ['VALIDATION_ERROR'],
  },
  {
    ...read,
    path: `${ROOT}/policy`,
    procedure: 'policy.read',
    operationId: 'readPolicy',
    summary: 'What tokens may be here',
    description: 'Scopes, key types, environments, rules for owners, expiry presets and access rules, as `latchkey.config.ts` has them.',
    errors: [],
  },
  {
    method: 'POST',
    path: `${ROOT}/import`,
    procedure: 'token.import',
    status: 200,
    operationId: 'importTokens',
    summary: 'Take tokens over from another system',
    description:
      'Up to 1,000 `rows`, each with a `hash` (SHA-256 or bcrypt) or the plain `token`, and with `name`, `owner_type`, `owner_id`, `prefix`, `start`, `last_characters`, `scopes`, `allowed_endpoints`, `rate_limit`, `expires_at`, `environment` as far as they are known. The tokens go on working unchanged. Each row is reported by itself: a bad one stops no other. `dry_run` writes nothing.',
    query: {},
    takesBody: true,
    errors: ['VALIDATION_ERROR', 'FORBIDDEN', 'PAYLOAD_TOO_LARGE'],
  },
  {
    ...read,
    path: `${ROOT}/stats/overview`,
    procedure: 'usage.overview',
    operationId: 'readOverview',
    summary: 'Usage across all tokens',
    description: 'Totals, the busiest tokens and the busiest endpoints of the last `days` days.',
    query: days,
    errors: ['VALIDATION_ERROR'],
  },
  {
    method: 'POST',
    path: `${ROOT}/explain`,
    procedure: 'token.explain',
    status: 200,
    operationId: 'explainRequest',
    summary: 'Explain a decision',
    description:
      'Every check about a request in the order in which they decide, the rule that decided, and the counters; nothing is counted. ' +
      'Give `request_id` of a logged request, or `token_id` (or `token`, the secret: it is digested and kept nowhere) with `method` and `path`.',
    query: {},
    takesBody: true,
    errors: ['VALIDATION_ERROR', 'NOT_FOUND', 'PAYLOAD_TOO_LARGE'],
  },
  {
    ...read,
    path: `${ROOT}/webhooks`,
    procedure: 'webhook.list',
    operationId: 'listWebhooks',
    summary: 'List webhooks',
    description: 'One page of webhook endpoints, oldest first. Never a secret.',
    query: page,
    errors: ['VALIDATION_ERROR'],
  },
  {
    ...change,
    method: 'POST',
    path: `${ROOT}/webhooks`,
    procedure: 'webhook.create',
    status: 201,
    operationId: 'createWebhook',
    summary: 'Add a webhook',
    description: 'Sends events to an address of yours. `secret` in the answer signs them: it is given this once and can not be read again.',
    takesBody: true,
    errors: ['VALIDATION_ERROR', 'FORBIDDEN', 'PAYLOAD_TOO_LARGE'],
  },
  {
    ...read,
    path: `${ROOT}/webhooks/:id`,
    procedure: 'webhook.get',
    operationId: 'getWebhook',
    summary: 'Read a webhook',
    description: 'One webhook endpoint. Never its secret.',
    errors: ['NOT_FOUND'],
  },
  {
    ...change,
    method: 'PUT',
    path: `${ROOT}/webhooks/:id`,
    procedure: 'webhook.update',
    operationId: 'updateWebhook',
    summary: 'Change a webhook',
    description: 'A partial update: absent = unchanged, `null` = cleared. `event_types: null` means every event.',
    takesBody: true,
    errors: ['VALIDATION_ERROR', 'FORBIDDEN', 'NOT_FOUND', 'PAYLOAD_TOO_LARGE'],
  },
  {
    ...change,
    method: 'DELETE',
    path: `${ROOT}/webhooks/:id`,
    procedure: 'webhook.delete',
    operationId: 'deleteWebhook',
    summary: 'Delete a webhook',
    description: 'The endpoint and its delivery log are gone for good.',
    errors: ['FORBIDDEN', 'NOT_FOUND'],
  },
  {
    ...change,
    method: 'POST',
    path: `${ROOT}/webhooks/:id/rotate-secret`,
    procedure: 'webhook.rotateSecret',
    operationId: 'rotateWebhookSecret',
    summary: 'Rotate the secret of a webhook',
    description: 'Answers the new secret, this once. For `overlap_hours` (24) deliveries carry a signature of the old one as well.',
    takesBody: true,
    errors: ['VALIDATION_ERROR', 'FORBIDDEN', 'NOT_FOUND', 'PAYLOAD_TOO_LARGE'],
  },
  {
    ...change,
    method: 'POST',
    path: `${ROOT}/webhooks/:id/test`,
    procedure: 'webhook.test',
    operationId: 'testWebhook',
    summary: 'Send a test',
    description: 'Puts an event of type `webhook.test` on its way and answers its delivery.',
    errors: ['FORBIDDEN', 'NOT_FOUND', 'CONFLICT'],
  },
  {
    ...read,
    path: `${ROOT}/webhooks/:id/deliveries`,
    procedure: 'webhook.deliveries',
    operationId: 'listDeliveries',
    summary: 'What was sent to a webhook',
    description: 'One page of its deliveries, newest first. Kept for 30 days.',
    query: { ...page, status: 'text' },
    errors: ['VALIDATION_ERROR', 'NOT_FOUND'],
  },
  {
    ...read,
    path: `${ROOT}/webhook-deliveries/:id`,
    procedure: 'webhook.delivery',
    operationId: 'getDelivery',
    summary: 'Read a delivery',
    description: 'What was sent, and every attempt with what came back.',
    errors: ['NOT_FOUND'],
  },
  {
    ...change,
    method: 'POST',
    path: `${ROOT}/webhook-deliveries/:id/replay`,
    procedure: 'webhook.replay',
    operationId: 'replayDelivery',
    summary: 'Send a delivery again',
    description: 'Now, with the same event id, however it went before.',
    errors: ['FORBIDDEN', 'NOT_FOUND', 'CONFLICT'],
  },
  {
    ...read,
    path: `${ROOT}/:id`,
    procedure: 'token.get',
    operationId: 'getToken',
    summary: 'Read a token',
    description: 'One token with its usage figures. Never the secret.',
    errors: ['NOT_FOUND'],
  },
  {
    method: 'PUT',
    path: `${ROOT}/:id`,
    procedure: 'token.update',
    status: 200,
    operationId: 'updateToken',
    summary: 'Change a token',
    description: 'A partial update: absent = unchanged, `null` = cleared. Members that the server owns are ignored.',
    query: {},
    takesBody: true,
    errors: ['VALIDATION_ERROR', 'FORBIDDEN', 'NOT_FOUND', 'CONFLICT', 'PAYLOAD_TOO_LARGE'],
  },
  {
    method: 'DELETE',
    path: `${ROOT}/:id`,
    procedure: 'token.delete',
    status: 200,
    operationId: 'deleteToken',
    summary: 'Delete a token',
    description: 'The token and its usage are gone for good. To stop it and keep the history, revoke it.',
    query: {},
    takesBody: false,
    errors: ['FORBIDDEN', 'NOT_FOUND'],
  },
  {
    method: 'POST',
    path: `${ROOT}/:id/revoke`,
    procedure: 'token.revoke',
    status: 200,
    operationId: 'revokeToken',
    summary: 'Revoke a token',
    description: 'Ends the token permanently and keeps its history. Revoking again changes nothing.',
    query: {},
    takesBody: false,
    errors: ['FORBIDDEN', 'NOT_FOUND'],
  },
  {
    method: 'POST',
    path: `${ROOT}/:id/rotate`,
    procedure: 'token.rotate',
    status: 200,
    operationId: 'rotateToken',
    summary: 'Rotate a token',
    description:
      'Gives the token a new secret; the old one goes on for `overlap_seconds` (0 to 604,800, default 86,400), or until it was not used for `quiet_hours` (1 to 168, at most 7 days in all). `token.token` in the answer is the new secret: it is given this once. A token has at most two secrets that work.',
    query: {},
    takesBody: true,
    errors: ['VALIDATION_ERROR', 'FORBIDDEN', 'NOT_FOUND', 'CONFLICT', 'PAYLOAD_TOO_LARGE'],
  },
  {
    ...read,
    path: `${ROOT}/:id/secrets`,
    procedure: 'token.secrets',
    operationId: 'listTokenSecrets',
    summary: 'Secrets of a token',
    description: 'Every secret the token has had, oldest first, with its state and who uses it. Never a text.',
    errors: ['NOT_FOUND'],
  },
  {
    method: 'POST',
    path: `${ROOT}/:id/secrets/revoke`,
    procedure: 'token.revokeSecret',
    status: 200,
    operationId: 'revokeTokenSecret',
    summary: 'Revoke one secret',
    description:
      'Ends the secret `secret_id` at once. Where it is the current one, the one before it is current again. The last secret that works can not be revoked alone.',
    query: {},
    takesBody: true,
    errors: ['VALIDATION_ERROR', 'FORBIDDEN', 'NOT_FOUND', 'CONFLICT', 'PAYLOAD_TOO_LARGE'],
  },
  {
    ...read,
    path: `${ROOT}/:id/viewable-token`,
    procedure: 'token.readViewable',
    operationId: 'readViewableToken',
    summary: 'See a public key again',
    description:
      'The text of a token of a public, non-revocable key type, for its owner; `null` for every other token and for everybody else.',
    errors: ['NOT_FOUND'],
  },
  {
    ...read,
    path: `${ROOT}/:id/trial`,
    procedure: 'usage.trial',
    operationId: 'readTrial',
    summary: 'What rules on trial would refuse',
    description: 'The rules that are watched without being enforced, and what they would have refused since they were put on trial.',
    errors: ['NOT_FOUND'],
  },
  {
    method: 'PUT',
    path: `${ROOT}/:id/trial`,
    procedure: 'token.setTrial',
    status: 200,
    operationId: 'setTrial',
    summary: 'Put rules on trial',
    description: 'Watches new endpoint patterns, scopes or a rate limit without enforcing them. Replaces what was on trial before.',
    query: {},
    takesBody: true,
    errors: ['VALIDATION_ERROR', 'FORBIDDEN', 'NOT_FOUND', 'CONFLICT', 'PAYLOAD_TOO_LARGE'],
  },
  {
    method: 'DELETE',
    path: `${ROOT}/:id/trial`,
    procedure: 'token.clearTrial',
    status: 200,
    operationId: 'clearTrial',
    summary: 'Drop the rules on trial',
    description: 'Ends the trial. The real rules stay as they are; without a trial nothing changes.',
    query: {},
    takesBody: false,
    errors: ['FORBIDDEN', 'NOT_FOUND'],
  },
  {
    method: 'POST',
    path: `${ROOT}/:id/trial/enforce`,
    procedure: 'token.enforceTrial',
    status: 200,
    operationId: 'enforceTrial',
    summary: 'Enforce the rules on trial',
    description:
      'They become the token’s own from the next request. `since` names the trial that was looked at, so that another one is never enforced unseen.',
    query: {},
    takesBody: true,
    errors: ['VALIDATION_ERROR', 'FORBIDDEN', 'NOT_FOUND', 'CONFLICT', 'PAYLOAD_TOO_LARGE'],
  },
  {
    method: 'POST',
    path: `${ROOT}/:id/what-if`,
    procedure: 'usage.whatIf',
    status: 200,
    operationId: 'tryRules',
    summary: 'Try rules on past requests',
    description:
      'Replays the logged requests of the last `days` days (1 to 30) against proposed endpoint patterns or a rate limit, with the counter ' +
      'that the guard counts with. Changes nothing. Of a busy token the newest two million requests.',
    query: {},
    takesBody: true,
    errors: ['VALIDATION_ERROR', 'NOT_FOUND', 'PAYLOAD_TOO_LARGE', 'TOO_MANY_REQUESTS'],
  },
  {
    ...read,
    path: `${ROOT}/:id/evidence`,
    procedure: 'token.evidence',
    operationId: 'readEvidence',
    summary: 'What a token may do beside what it did',
    description:
      'Endpoint patterns, scopes and permissions beside the requests that needed them, and the tightest list that would have been enough.',
    query: days,
    errors: ['VALIDATION_ERROR', 'NOT_FOUND'],
  },
  {
    ...read,
    path: `${ROOT}/:id/limits`,
    procedure: 'limit.status',
    operationId: 'readTokenLimits',
    summary: 'Limits of one token',
    description: 'Every window that its requests are counted in and its quota, as they stand now. Counts nothing.',
    errors: ['NOT_FOUND'],
  },
  {
    ...read,
    path: `${ROOT}/:id/usage`,
    procedure: 'usage.report',
    operationId: 'readTokenUsage',
    summary: 'Usage of one token',
    description: 'Hours with requests (oldest first), endpoints (most requests first) and the newest 100 requests of the last `days` days.',
    query: days,
    errors: ['VALIDATION_ERROR', 'NOT_FOUND'],
  },
  {
    ...read,
    path: PORTAL_SESSIONS,
    procedure: 'portalSession.list',
    operationId: 'listPortalSessions',
    summary: 'List portal sessions',
    description: 'One page of portal sessions, newest first, of one owner where `owner_type` and `owner_id` name it.',
    query: { limit: 'integer', offset: 'integer', owner_type: 'text', owner_id: 'text' },
    errors: ['VALIDATION_ERROR'],
  },
  {
    method: 'POST',
    path: PORTAL_SESSIONS,
    procedure: 'portalSession.create',
    status: 201,
    operationId: 'createPortalSession',
    summary: 'Open the portal for an owner',
    description: 'Answers a link that one owner can open once, to see and manage their own keys and nothing else.',
    query: {},
    takesBody: true,
    errors: ['VALIDATION_ERROR', 'FORBIDDEN', 'PAYLOAD_TOO_LARGE'],
  },
  {
    method: 'POST',
    path: `${PORTAL_SESSIONS}/:id/revoke`,
    procedure: 'portalSession.revoke',
    status: 200,
    operationId: 'revokePortalSession',
    summary: 'End a portal session',
    description: 'Ends the session at once, and its link where it has not been used. Ending it again changes nothing.',
    query: {},
    takesBody: false,
    errors: ['FORBIDDEN', 'NOT_FOUND'],
  },
];
