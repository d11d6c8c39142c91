import { DENIALS } from '@latchkey/core';
import { z } from 'zod';
import type { ZodOpenApiOperationObject, ZodOpenApiPathsObject, ZodOpenApiResponsesObject } from 'zod-openapi';
import { introspectionSchema, presentedTokenInputSchema } from '../schemas/introspection.ts';
import { ownTokenStateSchema } from '../schemas/own-token.ts';

const JSON_TYPE = 'application/json';
const FORM_TYPE = 'application/x-www-form-urlencoded';

/** RFC 6749 §5.2. */
const OAUTH_ERRORS = [
  'invalid_request',
  'invalid_client',
  'unauthorized_client',
  'unsupported_token_type',
  'temporarily_unavailable',
  'server_error',
] as const;
const oauthErrorSchema = z.object({ error: z.enum(OAUTH_ERRORS), error_description: z.string() }).meta({ id: 'OAuthError' });

const denialSchema = z
  .object({
    error: z.string(),
    code: z.enum([...new Set(Object.values(DENIALS).map(({ code }) => code))]),
    message: z.string().meta({ description: 'How to put it right.' }),
    request_id: z.string(),
    retry_after: z.number().int().optional(),
  })
  .meta({ id: 'DenialBody' });

/** What is said and done about a token by its text, outside of the management REST. */
export const TOKEN_PATHS: ZodOpenApiPathsObject = {
  '/introspect': {
    post: presented({
      operationId: 'introspectToken',
      summary: 'What a token is worth (RFC 7662)',
      description:
        'Counts nothing and is on no record. Of a token that is not good only `active: false` is said. Role: `viewer` or `admin`.',
      answer: { description: 'The token, or that it is not active', content: { [JSON_TYPE]: { schema: introspectionSchema } } },
    }),
  },
  '/revoke': {
    post: presented({
      operationId: 'revokePresentedToken',
      summary: 'Revoke a token by its text (RFC 7009)',
      description:
        'For good, as `POST /api/api-tokens/{id}/revoke`. A text that is no good token is answered in the same way. Role: `admin`.',
      answer: { description: 'It is not good any more, if it ever was' },
    }),
  },
  '/api/_token': {
    get: {
      operationId: 'describeOwnToken',
      tags: ['token itself'],
      security: [{ apiToken: [] }],
      summary: 'What the token that calls may do, and what is left of it',
      description: 'Free of rate limits and quota, and allowed whatever endpoints the token is restricted to.',
      responses: {
        '200': { description: 'The token as it sees itself', content: { [JSON_TYPE]: { schema: ownTokenStateSchema } } },
        ...denials('400', '401', '403', '503'),
      },
    },
  },
  '/auth/verify': {
    get: {
      operationId: 'verifyRequest',
      tags: ['proxies'],
      security: [{ apiToken: [] }],
      summary: 'Whether a request that a proxy holds may go on',
      description:
        'For proxies in `LATCHKEY_TRUSTED_PROXIES`: see docs/forward-auth.md. Counts and records the original request. HEAD and POST do the same; `/auth/verify/<path>` takes it from the path.',
      requestParams: {
        query: z.object({ proxy: z.literal('nginx').optional().meta({ description: 'Refusals as 401 and 403 only.' }) }),
        header: z.object({
          'X-Original-Method': z.string().optional(),
          'X-Original-URI': z.string().optional(),
          'X-Original-URL': z.string().optional(),
          'X-Forwarded-Method': z.string().optional(),
          'X-Forwarded-Uri': z.string().optional(),
        }),
      },
      responses: {
        '200': {
          description: 'It may go on',
          headers: z.object({ 'X-Latchkey-Token-Id': z.string(), 'X-Latchkey-Owner': z.string(), 'X-Latchkey-Scopes': z.string() }),
        },
        ...denials('400', '401', '403', '429', '503'),
      },
    },
  },
};

interface Presented extends Pick<ZodOpenApiOperationObject, 'operationId' | 'summary' | 'description'> {
  readonly answer: ZodOpenApiResponsesObject['200'];
}

function presented({ answer, ...about }: Presented): ZodOpenApiOperationObject {
  const failures = Object.entries({
    400: 'invalid_request or unsupported_token_type',
    401: 'invalid_client',
    403: 'unauthorized_client',
    413: 'invalid_request',
    500: 'server_error',
    503: 'temporarily_unavailable',
  }).map(([status, description]) => [status, { description, content: { [JSON_TYPE]: { schema: oauthErrorSchema } } }]);
  return {
    ...about,
    tags: ['token by its text'],
    requestBody: { required: true, content: { [FORM_TYPE]: { schema: presentedTokenInputSchema } } },
    responses: { '200': answer, ...Object.fromEntries(failures) },
  };
}

function denials(...statuses: `${number}`[]): ZodOpenApiResponsesObject {
  const ofStatus = (status: string) => Object.values(DENIALS).filter((denial) => String(denial.status) === status);
  return Object.fromEntries(
    statuses.map((status) => {
      const codes = [...new Set(ofStatus(status).map(({ code }) => `\`${code}\``))];
      return [status, { description: codes.join(', '), content: { [JSON_TYPE]: { schema: denialSchema } } }];
    }),
  );
}
