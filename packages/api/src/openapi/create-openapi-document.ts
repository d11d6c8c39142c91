import { OPERATION_ERRORS, type OperationErrorCode } from '@latchkey/core';
import { z } from 'zod';
import { createDocument, type ZodOpenApiOperationObject, type ZodOpenApiPathsObject, type ZodOpenApiResponsesObject } from 'zod-openapi';
import { toCamelCase } from '../rest/field-case.ts';
import { REST_ROUTES, type RestRoute } from '../rest/rest-routes.ts';
import { tokenIdSchema } from '../schemas/common.ts';
import { ERROR_SCHEMAS } from './error-schemas.ts';
import { inputSchemaOf, outputSchemaOf } from './procedure-schemas.ts';
import { snakeCaseProperties } from './snake-case-properties.ts';
import { TOKEN_PATHS } from './token-paths.ts';

const JSON_TYPE = 'application/json';

/** What can go wrong on every call. */
const EVERYWHERE: readonly OperationErrorCode[] = ['UNAUTHENTICATED', 'INTERNAL_ERROR', 'TEMPORARILY_UNAVAILABLE'];

const INTRODUCTION = `Issue, change, watch and end the API tokens of this server.

Sign in with \`POST /api/auth/sign-in/email\` \`{"email","password"}\`, fetch a short-lived administrator JWT with \`GET /api/auth/token\`
and send it as \`Authorization: Bearer <JWT>\`. An API token is refused here. Instants are ISO-8601 UTC with milliseconds.`;

/** The OpenAPI 3.1 document of the management REST, from its route table and the procedures' own schemas. */
export function createOpenApiDocument(version: string): Record<string, unknown> {
  const document = createDocument({
    openapi: '3.1.0',
    info: { title: 'Latchkey management API', version, description: INTRODUCTION, license: { name: 'MIT', identifier: 'MIT' } },
    servers: [{ url: '/' }],
    security: [{ adminJwt: [] }, { session: [] }],
    tags: ['tokens', 'usage', 'portal', 'webhooks', 'token by its text', 'token itself', 'proxies'].map((name) => ({ name })),
    paths: { ...createPaths(), ...TOKEN_PATHS },
    components: {
      securitySchemes: {
        apiToken: { type: 'http', scheme: 'bearer', description: 'A token that this server issued, or the same in X-API-Key.' },
        adminJwt: { type: 'http', scheme: 'bearer', bearerFormat: 'JWT', description: 'From GET /api/auth/token; valid for 15 minutes.' },
        session: {
          type: 'apiKey',
          in: 'cookie',
          name: 'latchkey.session_token',
          description: 'The console’s session (over TLS: __Host-latchkey.session_token). Changes need a same-origin Origin.',
        },
      },
    },
  });
  return snakeCaseProperties(document) as Record<string, unknown>;
}

function createPaths(): ZodOpenApiPathsObject {
  const paths: ZodOpenApiPathsObject = {};
  for (const route of REST_ROUTES) {
    const path = route.path.replace(':id', '{id}');
    paths[path] = { ...paths[path], [route.method.toLowerCase()]: createOperation(route) };
  }
  return paths;
}

function createOperation(route: RestRoute): ZodOpenApiOperationObject {
  const needsAdmin = route.method !== 'GET';
  return {
    operationId: route.operationId,
    tags: [tagOf(route)],
    summary: route.summary,
    description: `${route.description} Role: ${needsAdmin ? '`admin`' : '`viewer` or `admin`'}.`,
    requestParams: createParameters(route),
    ...(route.takesBody ? { requestBody: { required: true, content: { [JSON_TYPE]: { schema: bodySchema(route) } } } } : {}),
    responses: createResponses(route),
  };
}

function tagOf({ procedure }: RestRoute): string {
  if (procedure.startsWith('portalSession.')) return 'portal';
  if (procedure.startsWith('webhook.')) return 'webhooks';
  return procedure.startsWith('usage.') ? 'usage' : 'tokens';
}

function createParameters(route: RestRoute): ZodOpenApiOperationObject['requestParams'] {
  const { shape } = inputSchemaOf(route.procedure);
  const query = Object.fromEntries(
    Object.entries(route.query).map(([name, kind]) => {
      const schema = shape[toCamelCase(name)] ?? z.string();
      return [name, kind === 'list' ? schema.meta({ param: { style: 'form', explode: false } }) : schema];
    }),
  );
  return {
    ...(route.path.includes(':id') ? { path: z.object({ id: tokenIdSchema }) } : {}),
    ...(Object.keys(query).length > 0 ? { query: z.object(query) } : {}),
  };
}

/** The procedure's input without what the path says. */
function bodySchema(route: RestRoute): z.ZodObject {
  const schema = inputSchemaOf(route.procedure);
  return route.path.includes(':id') ? schema.omit({ id: true }) : schema;
}

function createResponses(route: RestRoute): ZodOpenApiResponsesObject {
  const answer = { description: route.summary, content: { [JSON_TYPE]: { schema: outputSchemaOf(route.procedure) } } };
  const responses: ZodOpenApiResponsesObject = { [`${route.status}`]: answer };
  for (const code of [...route.errors, ...EVERYWHERE]) {
    const { status, error } = OPERATION_ERRORS[code];
    responses[`${status}`] = { description: `${error} (\`${code}\`)`, content: { [JSON_TYPE]: { schema: ERROR_SCHEMAS[code] } } };
  }
  return responses;
}
