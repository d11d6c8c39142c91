import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { RateLimitState } from '../limit/rate-limit.ts';
import { anAccessRequest } from '../testing/access-request.ts';
import { aTokenRecord } from '../testing/token-record.ts';
import type { TokenRecord } from '../token/token-record.ts';
import { CHECKS } from './checks.ts';
import { type AccessRequest, decide, loadToken } from './decide.ts';
import { type Counters, explain, type Question } from './explain.ts';

const NOW = Date.UTC(2026, 0, 15, 12);
const LIMIT = { max: 100, windowMs: 60_000, algorithm: 'fixed' } as const;
function aState(changes: Partial<RateLimitState>): RateLimitState {
  const window = { resetAt: NOW + 5_000, windowMs: 60_000, openedAt: NOW - 55_000 };
  return { name: 'default', allowed: true, limit: 100, current: 0, remaining: 100, ...window, ...changes };
}

const FREE: Counters = {
  windows: [
    {
      name: 'default',
      limit: LIMIT,
      state: aState({ current: 40, remaining: 60 }),
    },
  ],
  quota: null,
};

function ask(token: Partial<TokenRecord>, request: Partial<AccessRequest> = {}, changes: Partial<Question> = {}) {
  const loaded = loadToken(aTokenRecord(token));
  return explain({ presented: 'id', token: loaded, request: anAccessRequest(request), now: NOW, counters: FREE, ...changes });
}

const find = (explanation: ReturnType<typeof explain>, check: string) => explanation.findings.find((finding) => finding.check === check);

const anyRecord: fc.Arbitrary<Partial<TokenRecord>> = fc.record({
  configId: fc.constantFrom('default', 'other'),
  environment: fc.constantFrom('live', 'test', null),
  revokedAt: fc.constantFrom(null, NOW - 1),
  active: fc.boolean(),
  notBefore: fc.constantFrom(null, NOW - 1, NOW, NOW + 1),
  expiresAt: fc.constantFrom(null, NOW - 1, NOW, NOW + 1),
  allowedEndpoints: fc.constantFrom(null, [], ['/stores'], ['POST /products'], ['GET /products*']),
  scopes: fc.subarray(['read', 'write', 'admin']),
  permissions: fc.constantFrom<TokenRecord['permissions']>(null, {}, { files: ['read'] }, { files: ['read', 'write'] }),
});
const anyRequest: fc.Arbitrary<Partial<AccessRequest>> = fc.record({
  configId: fc.constantFrom(null, 'default'),
  environment: fc.constantFrom(null, 'live'),
  requiredScopes: fc.subarray(['read', 'write']),
  requiredPermissions: fc.constantFrom<AccessRequest['requiredPermissions']>(
    null,
    { files: ['read'] },
    { files: ['write'], constructor: ['length'] },
  ),
});

describe('explain', () => {
  it('says what decide says, whatever the token and the request', () => {
    fc.assert(
      fc.property(anyRecord, anyRequest, (record, request) => {
        const decision = decide(loadToken(aTokenRecord(record)), anAccessRequest(request), NOW);
        expect(ask(record, request).reason).toBe(decision.kind === 'deny' ? decision.reason : null);
      }),
      { numRuns: 2_000 },
    );
  });

  it('lists every check once, in the order in which they decide', () => {
    const names = CHECKS.map(({ name }) => name);
    expect(ask({}).findings.map(({ check }) => check)).toEqual(['path', ...names, 'rate', 'quota']);
  });

  it('says of what comes after the refusal that it was not reached, and what it would have said', () => {
    const explanation = ask({ active: false, expiresAt: NOW + 1, allowedEndpoints: ['/stores'] });
    expect(explanation).toMatchObject({ reason: 'disabled', decidedBy: 'enabled' });
    expect(find(explanation, 'revoked')).toMatchObject({ result: 'pass' });
    expect(find(explanation, 'enabled')).toMatchObject({ result: 'fail', reason: 'disabled', detail: 'It is switched off.' });
    expect(find(explanation, 'expiry')).toMatchObject({ result: 'not_reached', passes: true, reason: null });
    expect(find(explanation, 'endpoint')).toMatchObject({ result: 'not_reached', passes: false, reason: 'endpoint_not_allowed' });
  });

  it('names the pattern of the list that matched', () => {
    const explanation = ask({ allowedEndpoints: ['/stores', 'GET,HEAD /products*', '*'] });
    expect(find(explanation, 'endpoint')).toMatchObject({ result: 'pass', rule: 'GET,HEAD /products*' });
  });

  it('names the pattern that would allow the path for another method', () => {
    const explanation = ask({ allowedEndpoints: ['/stores', 'POST /products*'] });
    expect(find(explanation, 'endpoint')?.detail).toBe(
      'None of its 2 patterns matches GET /products. For other methods the path is allowed by "POST /products*".',
    );
  });

  it('names the scope and the permission that are missing, not those held', () => {
    const explanation = ask(
      { scopes: ['read'], permissions: { files: ['read'] } },
      { requiredScopes: ['read', 'write'], requiredPermissions: { files: ['read', 'delete'] } },
    );
    expect(find(explanation, 'scope')).toMatchObject({ rule: 'read, write', detail: 'It lacks write; asked for is read, write.' });
    expect(find(explanation, 'permission')).toMatchObject({
      passes: false,
      detail: 'It lacks files:delete; asked for is files:read, files:delete.',
    });
  });

  it('has nothing to say where no rule could refuse', () => {
    const inapplicable = ask({ environment: null }).findings.filter(({ result }) => result === 'not_applicable');
    expect(inapplicable.map(({ check }) => check)).toEqual([
      'configuration',
      'environment',
      'secret',
      'not_before',
      'expiry',
      'address',
      'endpoint',
      'scope',
      'permission',
      'quota',
    ]);
  });
});

describe('counters', () => {
  it('refuse by the window that is full, after everything else', () => {
    const state = aState({ allowed: false, current: 100, remaining: 0 });
    const counters: Counters = { windows: [...FREE.windows, { name: 'burst', limit: LIMIT, state }], quota: { remaining: 0 } };
    const explanation = ask({}, {}, { counters });
    expect(explanation).toMatchObject({ reason: 'rate_limited', decidedBy: 'rate' });
    expect(find(explanation, 'rate')).toMatchObject({
      rule: '100 per 60,000 ms',
      detail: '100 of 100 requests are counted in the running window, which ends at 2026-01-15T12:00:05.000Z.',
    });
    expect(find(explanation, 'quota')).toMatchObject({ result: 'not_reached', passes: false, reason: 'usage_exceeded' });
  });

  it('refuse by a quota that is used up', () => {
    expect(ask({}, {}, { counters: { ...FREE, quota: { remaining: 0 } } })).toMatchObject({ reason: 'usage_exceeded', decidedBy: 'quota' });
  });
});

describe('texts', () => {
  it.each([
    ['bad_shape', 'shape', 'malformed'],
    ['bad_checksum', 'checksum', 'malformed'],
    ['unknown', 'known', 'unknown'],
  ] as const)('%s: refused by %s', (presented, decidedBy, reason) => {
    const explanation = explain({ presented, token: null, request: anAccessRequest(), now: NOW, counters: null });
    expect(explanation).toMatchObject({ decidedBy, reason });
    expect(explanation.findings).toHaveLength(4);
  });

  it('of another system have no shape and no checksum to fail by', () => {
    const explanation = ask({}, {}, { presented: 'imported' });
    expect(explanation.findings.slice(1, 4).map(({ check, result }) => [check, result])).toEqual([
      ['shape', 'not_applicable'],
      ['checksum', 'not_applicable'],
      ['known', 'pass'],
    ]);
    expect(explanation.reason).toBeNull();
  });

  it('a path that is not canonical is refused before anything else', () => {
    expect(ask({ active: false }, {}, { request: null })).toMatchObject({ decidedBy: 'path', reason: 'invalid_path' });
  });
});
