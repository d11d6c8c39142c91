import { describe, expect, it } from 'vitest';
import { REST_ROUTES } from '../rest/rest-routes.ts';
import { createOpenApiDocument } from './create-openapi-document.ts';
import { TOKEN_PATHS } from './token-paths.ts';

interface Operation {
  operationId: string;
  responses: Record<string, unknown>;
  requestBody?: unknown;
  parameters?: { name: string; in: string }[];
}

const document = createOpenApiDocument('1.2.3');
const allPaths = document.paths as Record<string, Record<string, Operation>>;
/** Those of the management REST. */
const paths = Object.fromEntries(Object.entries(allPaths).filter(([path]) => !(path in TOKEN_PATHS)));
const text = JSON.stringify(document);

describe('the document', () => {
  it('has every route of the table and no other', () => {
    const documented = Object.entries(paths).flatMap(([path, operations]) =>
      Object.keys(operations).map((method) => `${method.toUpperCase()} ${path}`),
    );
    expect(documented.sort()).toEqual(REST_ROUTES.map((route) => `${route.method} ${route.path.replace(':id', '{id}')}`).sort());
  });

  it('has what is outside of the table beside it', () => {
    expect(Object.keys(allPaths)).toEqual(expect.arrayContaining(['/introspect', '/revoke', '/api/_token', '/auth/verify']));
    expect(JSON.stringify(allPaths['/introspect'])).toContain('"token_type_hint"');
    expect(JSON.stringify(allPaths['/api/_token'])).toContain('"apiToken"');
  });

  it('names operations once', () => {
    const ids = REST_ROUTES.map((route) => route.operationId);
    expect(new Set(ids).size).toBe(ids.length);
  });

  it('is OpenAPI 3.1 with both credentials', () => {
    expect(document).toMatchObject({ openapi: '3.1.0', info: { version: '1.2.3' }, security: [{ adminJwt: [] }, { session: [] }] });
    expect(text).toContain('"bearerFormat":"JWT"');
  });

  it('has the names of the wire', () => {
    const names = [...text.matchAll(/"(?:properties|required)":(\{|\[)/g)];
    expect(names.length).toBeGreaterThan(10);
    expect(text).toContain('"rate_limit_window_ms"');
    expect(text).toContain('"requests_24h"');
    for (const name of ['rateLimit', 'requests24h', 'hourlyUsage', 'createdAt']) expect(text).not.toContain(`"${name}"`);
  });

  it('says what can go wrong on every call', () => {
    for (const operation of Object.values(paths).flatMap((operations) => Object.values(operations))) {
      expect(Object.keys(operation.responses)).toEqual(expect.arrayContaining(['401', '500', '503']));
    }
  });

  it('does not offer the id of the path, or what the server owns, in a body', () => {
    const body = JSON.stringify(paths['/api/api-tokens/{id}']?.put?.requestBody);
    expect(body).toContain('"rate_limit"');
    for (const name of ['id', 'token', 'created_at', 'total_requests', 'status']) expect(body).not.toContain(`"${name}":`);
  });

  it('resolves every reference it makes', () => {
    const schemas = (document.components as { schemas: Record<string, unknown> }).schemas;
    for (const [, name] of text.matchAll(/"#\/components\/schemas\/([^"]+)"/g)) expect(schemas).toHaveProperty(name ?? '');
  });
});
