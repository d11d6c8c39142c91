import { describe, expect, it } from 'vitest';
import { createdTokenSchema, createTokenInputSchema, updateTokenInputSchema } from '../schemas/token.ts';
import { overviewReportSchema, usageReportSchema } from '../schemas/usage.ts';
import { camelCaseMembers, snakeCaseKeys, snakeCasePath, toCamelCase, toSnakeCase } from './field-case.ts';

describe('names on the wire', () => {
  it.each([
    ['rateLimitWindowMs', 'rate_limit_window_ms'],
    ['requests24h', 'requests_24h'],
    ['requests7d', 'requests_7d'],
    ['failed24h', 'failed_24h'],
    ['last4', 'last4'],
    ['id', 'id'],
    ['responseTimeMs', 'response_time_ms'],
  ])('%s is %s and back', (camel, snake) => {
    expect(toSnakeCase(camel)).toBe(snake);
    expect(toCamelCase(snake)).toBe(camel);
  });

  it('are undone for every member that the REST carries', () => {
    const names = [createdTokenSchema, createTokenInputSchema, updateTokenInputSchema, usageReportSchema, overviewReportSchema].flatMap(
      (schema) => Object.keys(schema.shape),
    );
    expect(names.map((name) => toCamelCase(toSnakeCase(name)))).toEqual(names);
  });
});

describe('snakeCaseKeys', () => {
  it('renames at every depth', () => {
    expect(snakeCaseKeys({ topTokens: [{ avgResponseTime: 1 }] })).toEqual({ top_tokens: [{ avg_response_time: 1 }] });
  });

  it('leaves the contents of metadata and permissions alone', () => {
    const value = { metadata: { customerId: { subKey: 1 } }, permissions: { productList: ['readAll'] }, allowedEndpoints: ['/aB*'] };
    expect(snakeCaseKeys(value)).toEqual({ metadata: value.metadata, permissions: value.permissions, allowed_endpoints: ['/aB*'] });
  });

  it('leaves the names of environments alone', () => {
    const value = { keyTypes: [{ prefixes: { preProd: 'sk_pre_', eu1a: 'sk_eu_' } }] };
    expect(snakeCaseKeys(value)).toEqual({ key_types: value.keyTypes });
  });
});

describe('camelCaseMembers', () => {
  it('drops names that the contract does not have, so that there is one name for each member', () => {
    expect(camelCaseMembers({ rate_limit: 1, rateLimit: 2, RATE_LIMIT: 3 })).toEqual({ rateLimit: 1 });
  });

  it('makes nothing of __proto__', () => {
    const result = camelCaseMembers(JSON.parse('{"__proto__":{"active":true},"name":"a"}'));
    expect(result.active).toBeUndefined();
    expect(Object.getPrototypeOf(result)).toBe(Object.prototype);
  });
});

it('paths of details are in the names of the wire', () => {
  expect(snakeCasePath('allowedEndpoints.0')).toBe('allowed_endpoints.0');
});
