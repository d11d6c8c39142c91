import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { RateLimitState } from '../limit/rate-limit.ts';
import type { AccessRule } from '../policy/access-rule.ts';
import { compileAccessRules } from '../policy/compile-access-rules.ts';
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
  return explain({ presented: 'id', token: loaded, request: anAccessRequest(request), rules: [], now: NOW, counters: FREE, ...changes });
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
    expect(find(explanation, 'scope')).toMatchObject({ rule: 'read, write', detail: 'It lacks write. Needed is read, write.' });
    expect(find(explanation, 'permission')).toMatchObject({
      passes: false,
      detail: 'It lacks files:delete. Needed is files:read, files:delete.',
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

function aRule(endpoint: string, changes: Partial<AccessRule>): AccessRule {
  return { endpoint, scopes: [], permissions: null, cost: 1, ...changes };
}

/** A request as a guard with these rules judges it. */
function askUnder(rules: readonly AccessRule[], token: Partial<TokenRecord>, counters = FREE) {
  const matcher = compileAccessRules(rules);
  const { scopes, permissions } = matcher.find('GET', '/products');
  const request = { requiredScopes: scopes, requiredPermissions: permissions };
  return ask(token, request, { rules: matcher.list('GET', '/products'), counters });
}

describe('access rules', () => {
  const RULES = [
    aRule('POST /products*', { scopes: ['admin'], cost: 100 }),
    aRule('GET,HEAD /products*', { scopes: ['read', 'stock'], permissions: { files: ['read'] } }),
    aRule('/products', { scopes: ['stock'], permissions: { files: ['read', 'list'] }, cost: 5 }),
    aRule('*', { cost: 5 }),
  ];

  it('are named with what they ask for, and the first of them that asked for something missing is the rule that decided', () => {
    const explanation = askUnder(RULES, { scopes: ['read'] });
    expect(explanation).toMatchObject({ reason: 'insufficient_scope', decidedBy: 'scope' });
    expect(find(explanation, 'scope')).toMatchObject({
      rule: 'GET,HEAD /products*',
      detail: 'It lacks stock, asked for by the rules "GET,HEAD /products*" and "/products". Needed is read, stock.',
      needs: [
        { name: 'read', held: true, rules: ['GET,HEAD /products*'] },
        { name: 'stock', held: false, rules: ['GET,HEAD /products*', '/products'] },
      ],
    });
    expect(find(explanation, 'permission')).toMatchObject({
      result: 'not_reached',
      needs: [
        { name: 'files:read', held: false, rules: ['GET,HEAD /products*', '/products'] },
        { name: 'files:list', held: false, rules: ['/products'] },
      ],
    });
  });

  it('are named where everything is held', () => {
    const explanation = askUnder(RULES, { scopes: ['read', 'stock'], permissions: { files: ['list', 'read'] } });
    expect(explanation.reason).toBeNull();
    expect(find(explanation, 'scope')).toMatchObject({
      result: 'pass',
      detail:
        'It holds what this request asks for: read, asked for by the rule "GET,HEAD /products*"; ' +
        'stock, asked for by the rules "GET,HEAD /products*" and "/products".',
    });
  });

  it('are not blamed for what is needed everywhere', () => {
    const explanation = ask({}, { requiredScopes: ['base'] }, { rules: [aRule('*', { scopes: ['other'] })] });
    expect(find(explanation, 'scope')).toMatchObject({ rule: 'base', needs: [{ name: 'base', held: false, rules: [] }] });
  });

  it('set what a request is charged: the highest cost, by the first rule that has it', () => {
    const explanation = askUnder(RULES, { scopes: ['read', 'stock'], permissions: { files: ['list', 'read'] } });
    expect(explanation.charge).toEqual({ units: 5, rule: '/products' });
    expect(find(explanation, 'rate')?.detail).toMatch(/This one counts as 5, by the rule "\/products"\.$/);
    expect(askUnder([], {}).charge).toEqual({ units: 1, rule: null });
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

  const COSTLY = [aRule('/products', { cost: 5 })];

  it.each([
    [4, 'usage_exceeded'],
    [5, null],
  ] as const)('weigh what a request costs: of a quota with %i left, a request of 5 is answered %s', (remaining, reason) => {
    const explanation = askUnder(COSTLY, {}, { ...FREE, quota: { remaining } });
    expect(explanation.reason).toBe(reason);
    expect(find(explanation, 'quota')?.detail).toBe(
      `${remaining} requests are left of its quota. This one counts as 5, by the rule "/products".`,
    );
  });

  it.each([
    [4, 100, 'rate_limited'],
    [5, 100, null],
    [3, 3, null],
    [2, 3, 'rate_limited'],
  ] as const)('weigh what a request costs: of a window with %i of %i left, a request of 5 is answered %s', (remaining, max, reason) => {
    const state = aState({ limit: max, remaining, current: max - remaining });
    const windows = [{ name: 'default', limit: { ...LIMIT, max }, state }];
    expect(askUnder(COSTLY, {}, { windows, quota: null }).reason).toBe(reason);
  });
});

describe('texts', () => {
  it.each([
    ['bad_shape', 'shape', 'malformed'],
    ['bad_checksum', 'checksum', 'malformed'],
    ['unknown', 'known', 'unknown'],
  ] as const)('%s: refused by %s', (presented, decidedBy, reason) => {
    const explanation = explain({ presented, token: null, request: anAccessRequest(), rules: [], now: NOW, counters: null });
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
