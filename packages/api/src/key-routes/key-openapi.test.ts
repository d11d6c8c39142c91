import { describe, expect, it } from 'vitest';
import { openApiFor } from './key-openapi.ts';
import { KEY_ROUTE_NAMES } from './key-routes.ts';

interface Schema {
  properties?: Record<string, Schema>;
  required?: string[];
  type?: string;
  enum?: string[];
  format?: string;
  anyOf?: Schema[];
}
interface Operation {
  description: string;
  parameters?: { name: string; in: string; required?: boolean; schema: Schema }[];
  requestBody?: { required?: boolean; content: Record<string, { schema: Schema }> };
  responses: Record<string, { description: string; content: Record<string, { schema: Schema }> }>;
}

const operation = (name: string): Operation => openApiFor(name) as unknown as Operation;
const bodyOf = (name: string): Schema => operation(name).requestBody?.content['application/json']?.schema ?? {};
const answerOf = (name: string): Schema => operation(name).responses['200']?.content['application/json']?.schema ?? {};
const parametersOf = (name: string) => (operation(name).parameters ?? []).map((one) => `${one.name}${one.required ? '!' : ''}`);

const RECORD = [
  'id',
  'createdAt',
  'updatedAt',
  'name',
  'start',
  'prefix',
  'enabled',
  'expiresAt',
  'referenceId',
  'lastRefillAt',
  'lastRequest',
  'metadata',
  'rateLimitMax',
  'rateLimitTimeWindow',
  'rateLimitEnabled',
  'remaining',
  'refillAmount',
  'refillInterval',
  'permissions',
  'userId',
  // C-26
  'configId',
  'requestCount',
];

it('there are seven operations, in this order (S3-001)', () => {
  expect(KEY_ROUTE_NAMES).toEqual([
    'create_api_key',
    'verify_api_key',
    'get_api_key',
    'update_api_key',
    'delete_api_key',
    'list_api_keys',
    'delete_all_expired_api_keys',
  ]);
});

describe('openApiFor', () => {
  it.each(['create', 'constructor', '', 'create_api_keys'])('knows no operation %j (S3-002)', (name) => {
    expect(() => openApiFor(name)).toThrow(RangeError);
  });

  it.each([
    ['create_api_key', 'Create a new API key for a user', 'API key created successfully'],
    ['verify_api_key', 'Verify and rate-limit an API key', 'API key verification result'],
    ['get_api_key', 'Get an API key by ID', 'API key retrieved successfully'],
    ['update_api_key', 'Update an existing API key by ID', 'API key updated successfully'],
    ['delete_api_key', 'Delete an API key by ID', 'API key deleted successfully'],
    ['list_api_keys', 'List all API keys for the authenticated user or for a specific organization', 'API keys retrieved successfully'],
    ['delete_all_expired_api_keys', 'Delete all expired API keys', 'Expired API key cleanup result'],
  ])('describes %s and its 200, and no other answer (S3-003…010)', (name, description, answered) => {
    expect(operation(name).description).toBe(description);
    expect(Object.entries(operation(name).responses).map(([status, one]) => [status, one.description])).toEqual([['200', answered]]);
  });

  it('create takes its members, none of which is needed, in a body that is (S3-003, S3-011…025)', () => {
    expect(operation('create_api_key').requestBody?.required).toBe(true);
    expect(bodyOf('create_api_key').required).toBeUndefined();
    expect(Object.keys(bodyOf('create_api_key').properties ?? {}).toSorted()).toEqual(
      [
        'configId',
        'name',
        'expiresIn',
        'prefix',
        'remaining',
        'metadata',
        'refillAmount',
        'refillInterval',
        'rateLimitTimeWindow',
        'rateLimitMax',
        'rateLimitEnabled',
        'permissions',
        'userId',
        'organizationId',
      ].toSorted(),
    );
  });

  it('update takes those but prefix and organization, and a keyId that is needed (S3-006, S3-027…032)', () => {
    const created = Object.keys(bodyOf('create_api_key').properties ?? {});
    const expected = [...created.filter((name) => name !== 'prefix' && name !== 'organizationId'), 'keyId', 'enabled'];
    expect(Object.keys(bodyOf('update_api_key').properties ?? {}).toSorted()).toEqual(expected.toSorted());
    expect(bodyOf('update_api_key').required).toEqual(['keyId']);
    expect(operation('update_api_key').requestBody?.required).toBe(true);
  });

  it('verify needs the key, and always answers valid, error and key (S3-056…062)', () => {
    expect(bodyOf('verify_api_key').required).toEqual(['key']);
    expect(Object.keys(bodyOf('verify_api_key').properties ?? {})).toEqual(expect.arrayContaining(['configId', 'key', 'permissions']));
    expect(answerOf('verify_api_key').required?.toSorted()).toEqual(['error', 'key', 'valid']);
  });

  it('get and list are asked by query (S3-065, S3-066, S3-070…075)', () => {
    expect(parametersOf('get_api_key')).toEqual(expect.arrayContaining(['id!', 'configId']));
    expect(parametersOf('list_api_keys')).toEqual(
      expect.arrayContaining(['configId', 'organizationId', 'limit', 'offset', 'sortBy', 'sortDirection']),
    );
    const direction = operation('list_api_keys').parameters?.find(({ name }) => name === 'sortDirection');
    expect(direction?.schema.enum).toEqual(['asc', 'desc']);
  });

  it('delete needs a keyId, and answers success (S3-007, S3-067, S3-068)', () => {
    expect(bodyOf('delete_api_key').required).toEqual(['keyId']);
    expect(answerOf('delete_api_key')).toMatchObject({ required: ['success'], properties: { success: { type: 'boolean' } } });
  });

  it('clean-up takes nothing, and answers success and error (S3-009, S3-081, S3-082)', () => {
    expect(bodyOf('delete_all_expired_api_keys').properties ?? {}).toEqual({});
    expect(answerOf('delete_all_expired_api_keys').required?.toSorted()).toEqual(['error', 'success']);
  });

  it.each(['get_api_key', 'update_api_key'])('%s answers the whole record without the secret (S3-033…055)', (name) => {
    expect(Object.keys(answerOf(name).properties ?? {}).toSorted()).toEqual(RECORD.toSorted());
    expect(answerOf(name).properties?.createdAt).toMatchObject({ type: 'string', format: 'date-time' });
  });

  it('create alone answers the secret (S3-053, S3-054)', () => {
    expect(Object.keys(answerOf('create_api_key').properties ?? {}).toSorted()).toEqual([...RECORD, 'key'].toSorted());
    expect(answerOf('create_api_key').required).toContain('key');
  });

  it('list answers records and the total, with limit and offset (S3-076…078)', () => {
    expect(answerOf('list_api_keys').required).toEqual(expect.arrayContaining(['apiKeys', 'total']));
    expect(answerOf('list_api_keys').properties?.apiKeys).toMatchObject({ type: 'array' });
  });
});
