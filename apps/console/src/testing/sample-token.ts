import type { TokenListItem } from '@latchkey/api/schemas';
import type { Answers } from './answer-link.ts';
import { samplePolicy } from './sample-policy.ts';

/** A token as the list has it; `changes` say what matters to a test. */
export function sampleToken(changes: Partial<TokenListItem> = {}): TokenListItem {
  return {
    trial: null,
    id: 1,
    name: 'ci-deploy',
    description: null,
    active: true,
    status: 'active',
    health: 'healthy',
    keyType: null,
    environment: 'live',
    prefix: 'lk_live_',
    start: 'lk_liv',
    last4: 'abc1',
    ownerType: null,
    ownerId: null,
    createdBy: 'u1',
    scopes: [],
    permissions: null,
    allowedEndpoints: ['/products*'],
    rateLimit: 600,
    rateLimitWindowMs: 60_000,
    rateLimitAlgorithm: 'fixed',
    rateLimitEnabled: true,
    limits: [],
    allowedIps: null,
    remaining: null,
    refillAmount: null,
    refillInterval: null,
    lastRefillAt: null,
    metadata: null,
    configId: 'default',
    viewable: false,
    notBefore: null,
    expiresAt: null,
    revokedAt: null,
    oldSecretInUse: false,
    lastUsedAt: null,
    createdAt: '2026-11-01T10:00:00.000Z',
    updatedAt: '2026-11-01T10:00:00.000Z',
    requests24h: 120,
    failed24h: 3,
    requests7d: 900,
    totalRequests: 5_000,
    sparkline: Array.from({ length: 24 }, (_, hour) => hour),
    ...changes,
  };
}

/** A page of the list that holds these tokens and no others. */
export function sampleList(tokens: TokenListItem[]) {
  const countOf = (status: string) => tokens.filter((token) => token.status === status).length;
  const counts = {
    all: tokens.length,
    active: countOf('active'),
    disabled: countOf('disabled'),
    expired: countOf('expired'),
    revoked: countOf('revoked'),
  };
  return { tokens, total: tokens.length, limit: 50, offset: 0, counts };
}

/** What every page of the console asks for, whoever is signed in. */
export function accountAnswers(role: 'admin' | 'viewer' = 'admin'): Answers {
  return {
    'admin.me': () => ({ id: 'u1', name: 'Ada', email: 'ada@example.com', role }),
    'admin.members': () => ({
      members: [{ id: 'u1', name: 'Ada', email: 'ada@example.com', role: 'admin', createdAt: '2026-11-01T10:00:00.000Z' }],
    }),
    'policy.read': () => samplePolicy(),
    'admin.server': () => ({ version: '0.1.0', demo: false, sampleApi: true, rateLimitMode: 'memory', gateways: 1, logRetentionDays: 30 }),
  };
}
