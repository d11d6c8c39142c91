import type { Answers } from './answer-link.ts';
import { samplePolicy } from './sample-policy.ts';

const HOUR_MS = 3_600_000;
const counts = { requests: 100, ok: 90, clientErrors: 4, rateLimited: 5, serverErrors: 1 };
const times = { avg: 20, p50: 15, p95: 60, p99: 140 };
const totals = { ...counts, requests: 2400, ok: 2160, requestBytes: 0, responseBytes: 0, ...times };

export const admin = { id: 'u1', name: 'Ada Admin', email: 'ada@example.com', role: 'admin' };
export const viewer = { id: 'u2', name: 'Vera Viewer', email: 'vera@example.com', role: 'viewer' };

/** Zero-free buckets of an hour, as the server gives them. */
function series({ from, to }: { from: string; to: string }) {
  const length = Math.round((Date.parse(to) - Date.parse(from)) / HOUR_MS);
  return {
    points: Array.from({ length }, (_, hour) => ({ at: new Date(Date.parse(from) + hour * HOUR_MS).toISOString(), ...counts, ...times })),
  };
}

/** A small Latchkey with traffic, seen by an administrator. Tests replace what they are about. */
export const sampleAnswers: Answers = {
  'admin.me': () => admin,
  'admin.server': () => ({ version: '0.1.0', demo: false, sampleApi: true, rateLimitMode: 'memory', gateways: 1, logRetentionDays: 30 }),
  'policy.read': () => samplePolicy(),
  'admin.tokenSecrets': () => ({
    versions: [
      { version: 7, isNewest: true, isConfigured: true, tokens: 40 },
      { version: 3, isNewest: false, isConfigured: true, tokens: 2 },
    ],
    unkeyed: { sha256: 0, bcrypt: 5 },
  }),
  'admin.setupState': () => ({ needed: false }),
  'admin.members': () => ({ members: [admin, viewer].map((member) => ({ ...member, createdAt: '2026-11-01T08:00:00.000Z' })) }),
  'usage.series': series,
  'usage.summary': () => ({ current: totals, previous: totals, activeTokens: 3 }),
  'usage.topTokens': () => ({ tokens: [{ id: 7, name: 'ci-deploy', ...counts, avg: 20 }] }),
  'usage.endpoints': () => ({ endpoints: [{ endpoint: '/products/:id', method: 'GET', ...counts, avg: 20, p95: 60, lastAt: null }] }),
  'usage.attention': () => ({ items: [{ tokenId: 7, name: 'ci-deploy', reason: 'rate_limited', detail: '12 of 100 requests.' }] }),
  'webhook.list': () => ({ webhooks: [], total: 0, limit: 50, offset: 0 }),
  'usage.unknownAttempts': () => ({ attempts: [] }),
  'token.list': () => ({
    tokens: [{ id: 7, name: 'ci-deploy', start: 'lk_liv', last4: 'x9Zq', status: 'active', totalRequests: 2400 }],
    total: 1,
    limit: 1,
    offset: 0,
    counts: { all: 1, active: 1, disabled: 0, expired: 0, revoked: 0 },
  }),
};
