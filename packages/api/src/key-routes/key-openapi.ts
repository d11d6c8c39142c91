import { z } from 'zod';
import { createDocument, type ZodOpenApiOperationObject } from 'zod-openapi';
import { KEY_ROUTES_PATH } from './handle-key-route.ts';
import { KEY_ROUTE_NAMES, KEY_ROUTES, type KeyRoute, type KeyRouteName } from './key-routes.ts';

const JSON_TYPE = 'application/json';

/**
 * The OpenAPI operation of one of the key routes (S3-002…010), with every schema in place. Only the 200 is described: what verify has to
 * refuse is inside of it, everything else is `{ code, message }`.
 * @throws RangeError for a name that is not one of the seven.
 */
export function openApiFor(name: string): Record<string, unknown> {
  const route = isRouteName(name) ? KEY_ROUTES[name] : null;
  if (route === null) throw new RangeError(`There is no key route ${JSON.stringify(name)}. There are: ${KEY_ROUTE_NAMES.join(', ')}.`);
  const path = pathOf(route);
  const { paths } = createDocument({
    openapi: '3.1.0',
    info: { title: 'API keys', version: '1' },
    paths: { [path]: { [methodOf(route)]: toOperation(name, route) } },
  });
  return { ...paths?.[path]?.[methodOf(route)] };
}

/** The document of the seven operations (S3-001). */
export function createKeyRoutesDocument(version: string): Record<string, unknown> {
  const paths = KEY_ROUTE_NAMES.map((name) => [pathOf(KEY_ROUTES[name]), { [methodOf(KEY_ROUTES[name])]: openApiFor(name) }]);
  return {
    openapi: '3.1.0',
    info: { title: 'API keys for clients of better-auth', version },
    servers: [{ url: '/' }],
    paths: Object.fromEntries(paths),
  };
}

function isRouteName(name: string): name is KeyRouteName {
  return Object.hasOwn(KEY_ROUTES, name);
}

function pathOf({ path }: KeyRoute): string {
  return `${KEY_ROUTES_PATH}/${path}`;
}

function methodOf({ method }: KeyRoute): 'get' | 'post' {
  return method === 'GET' ? 'get' : 'post';
}

function toOperation(name: string, { method, input, output, description, answered }: KeyRoute): ZodOpenApiOperationObject {
  const schema = input ?? z.object({});
  return {
    operationId: camelCase(name),
    description,
    ...(method === 'GET' ? { requestParams: { query: schema } } : {}),
    ...(method === 'POST' ? { requestBody: { required: input !== null, content: { [JSON_TYPE]: { schema } } } } : {}),
    responses: { 200: { description: answered, content: { [JSON_TYPE]: { schema: output } } } },
  };
}

/** `create_api_key` → `createApiKey`. */
function camelCase(name: string): string {
  return name.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());
}
