import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { anAccessRequest } from '../testing/access-request.ts';
import { aTokenRecord } from '../testing/token-record.ts';
import type { TokenRecord } from '../token/token-record.ts';
import { type AccessRequest, decide, loadToken, type RecordDenialReason } from './decide.ts';

const NOW = Date.UTC(2026, 0, 15, 12);

function decideAbout(token: Partial<TokenRecord>, request: Partial<AccessRequest> = {}) {
  return decide(loadToken(aTokenRecord(token)), anAccessRequest(request), NOW);
}

/** Everything that can be wrong, in the order in which it decides (contract §4). */
const FAULTS: [RecordDenialReason, Partial<TokenRecord>, Partial<AccessRequest>][] = [
  ['configuration_mismatch', { configId: 'other' }, { configId: 'default' }],
  ['environment_mismatch', { environment: 'test' }, { environment: 'live' }],
  ['revoked', { revokedAt: NOW }, {}],
  ['secret_rotated', { secretExpiresAt: NOW }, {}],
  ['disabled', { active: false }, {}],
  ['not_yet_valid', { notBefore: NOW + 1 }, {}],
  ['expired', { expiresAt: NOW }, {}],
  ['address_not_allowed', { allowedIps: ['10.0.0.0/8'] }, { ip: '203.0.113.7' }],
  ['endpoint_not_allowed', { allowedEndpoints: ['/stores'] }, {}],
  ['insufficient_scope', { scopes: ['read'] }, { requiredScopes: ['read', 'write'] }],
  ['insufficient_permission', { permissions: { files: ['read'] } }, { requiredPermissions: { files: ['write'] } }],
];

describe('deny', () => {
  it.each(FAULTS)('%s', (reason, token, request) => {
    expect(decideAbout(token, request)).toMatchObject({ kind: 'deny', reason });
  });

  it('the first fault decides, whatever else is wrong', () => {
    const subset = fc.subarray(FAULTS, { minLength: 1 });
    fc.assert(
      fc.property(subset, (faults) => {
        const token = Object.assign({}, ...faults.map(([, changes]) => changes));
        const request = Object.assign({}, ...faults.map(([, , changes]) => changes));
        expect(decideAbout(token, request)).toMatchObject({ kind: 'deny', reason: faults[0]?.[0] });
      }),
    );
  });

  it('names all that a missing scope or permission needs', () => {
    expect(decideAbout({}, { requiredScopes: ['read', 'write'] })).toMatchObject({ required: ['read', 'write'] });
    const requiredPermissions = { files: ['read', 'write'], users: ['list'] };
    expect(decideAbout({}, { requiredPermissions })).toMatchObject({ required: ['files:read', 'files:write', 'users:list'] });
  });

  it('a permission on a name that every object has', () => {
    const request = { requiredPermissions: { constructor: ['length'] } };
    expect(decideAbout({ permissions: {} }, request)).toMatchObject({ reason: 'insufficient_permission' });
  });
});

describe('allow', () => {
  it.each<[string, Partial<TokenRecord>, Partial<AccessRequest>]>([
    ['a plain token', {}, {}],
    ['up to the millisecond before it expires', { expiresAt: NOW + 1 }, {}],
    ['with an old secret, up to the millisecond before its overlap ends', { secretExpiresAt: NOW + 1 }, {}],
    ['from the instant at which it becomes valid', { notBefore: NOW }, {}],
    ['no endpoint at all, whatever the list', { allowedEndpoints: ['/stores'] }, { path: null }],
    ['an address of the list', { allowedIps: ['10.0.0.0/8'] }, { ip: '::ffff:10.1.2.3' }],
    ['an endpoint of the list', { allowedEndpoints: ['/stores', 'GET /products'] }, {}],
    ['the scopes it holds', { scopes: ['read', 'write', 'admin'] }, { requiredScopes: ['write', 'read'] }],
    ['the permissions it holds', { permissions: { files: ['read', 'write'] } }, { requiredPermissions: { files: ['write'] } }],
    ['the environment of the guard', { environment: 'live' }, { environment: 'live' }],
    ['a token of no environment anywhere', { environment: null }, { environment: 'live' }],
    ['the configuration of the guard', { configId: 'default' }, { configId: 'default' }],
  ])('%s', (_name, token, request) => {
    expect(decideAbout(token, request)).toEqual({ kind: 'allow' });
  });
});
