import type { AccessRequest } from '../decision/decide.ts';

/** `GET /products` of a guard that serves everything. */
export function anAccessRequest(changes: Partial<AccessRequest> = {}): AccessRequest {
  return {
    method: 'GET',
    path: '/products',
    ip: '203.0.113.7',
    environment: null,
    configId: null,
    requiredScopes: [],
    requiredPermissions: null,
    ...changes,
  };
}
