import { screen, waitFor, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { describe, expect, it, vi } from 'vitest';
import { type Answers, refusal } from '../../testing/answer-link.ts';
import { renderConsole } from '../../testing/render.tsx';
import { accountAnswers, sampleList, sampleToken } from '../../testing/sample-token.ts';

const { sparkline: _sparkline, ...token } = sampleToken({ allowedEndpoints: ['/products*', '/stores'] });
const TRIAL = {
  allowedEndpoints: ['GET /products*'],
  scopes: null,
  rateLimit: { max: 50, windowMs: 60_000, algorithm: 'fixed' as const },
  since: '2026-11-22T09:00:00.000Z',
  by: 'Ada',
};

const refused = {
  id: '1',
  tokenId: 1,
  tokenName: 'ci-deploy',
  at: '2026-11-22T10:00:00.000Z',
  method: 'GET',
  endpoint: '/brands',
  path: '/brands',
  status: 403,
  responseTimeMs: 1,
  requestBytes: 0,
  responseBytes: 10,
  ipAddress: '10.0.0.1',
  userAgent: 'curl/8',
  outcome: 'ENDPOINT_NOT_ALLOWED',
  requestId: 'r-1',
  via: null,
};

const finding = (check: string, result: string, changes = {}) => ({
  check,
  result,
  passes: result === 'not_applicable' ? null : result !== 'fail',
  code: null,
  rule: null,
  detail: `${check} in words.`,
  needs: [],
  ...changes,
});

const explanation = {
  token: { id: 1, name: 'ci-deploy', status: 'active' },
  request: { method: 'GET', path: '/brands', ipAddress: null, at: '2026-11-22T10:00:00.000Z' },
  recorded: { requestId: 'r-1', at: refused.at, status: 403, outcome: 'ENDPOINT_NOT_ALLOWED', decidedBy: 'endpoint', changedSince: true },
  decision: 'deny',
  status: 403,
  code: 'ENDPOINT_NOT_ALLOWED',
  error: 'Endpoint not allowed',
  message: 'Ask for it.',
  decidedBy: 'endpoint',
  charge: { units: 1, rule: null },
  findings: [
    finding('path', 'pass'),
    finding('revoked', 'pass'),
    finding('expiry', 'not_applicable'),
    finding('endpoint', 'fail', { code: 'ENDPOINT_NOT_ALLOWED', detail: 'None of its 2 patterns matches GET /brands.' }),
    finding('rate', 'not_reached', { passes: false, code: 'RATE_LIMITED' }),
  ],
  counters: {
    windows: [{ name: 'default', limit: 600, windowMs: 60_000, algorithm: 'fixed', current: 600, remaining: 0, resetAt: null }],
    quota: null,
  },
};

const evidence = {
  from: '2026-10-24T00:00:00.000Z',
  to: '2026-11-22T10:00:00.000Z',
  requests: 120,
  endpoints: {
    granted: [
      { pattern: '/products*', requests: 118, lastAt: null, isWider: true },
      { pattern: '/stores', requests: 0, lastAt: null, isWider: true },
    ],
    used: [{ endpoint: '/products/:id', method: 'GET', requests: 118, lastAt: null }],
    failedOnly: [{ endpoint: '/products/x', method: 'GET', requests: 2, lastAt: null }],
    suggested: ['GET /products/*'],
    impact: { wouldPass: 120, wouldBeRefused: 0, refused: [] },
    unknown: 0,
  },
  scopes: { known: false, held: [], neverNeeded: [] },
  permittedActions: { known: false, held: [], neverNeeded: [] },
};

function open(path: string, answers: Answers = {}, role: 'admin' | 'viewer' = 'admin') {
  return renderConsole(path, {
    ...accountAnswers(role),
    'token.get': () => ({ token }),
    'token.list': () => sampleList([]),
    'limit.status': () => ({
      tokenId: 1,
      enabled: false,
      algorithm: 'fixed',
      windowMs: 60_000,
      limit: null,
      current: 0,
      remaining: null,
      resetAt: null,
      windows: [],
      quota: null,
    }),
    'usage.endpoints': () => ({ endpoints: [] }),
    'usage.requests': () => ({ requests: [refused], nextCursor: null }),
    'token.impact': () => ({ requestsLastHour: 0, addressesLastHour: 0, lastUsedAt: null }),
    'token.evidence': () => evidence,
    ...answers,
  });
}

describe('why', () => {
  it('is answered beside a refused request: each check in order, in words, and what the counters say', async () => {
    const explain = vi.fn(() => explanation);
    await open('/api-tokens/1?tab=requests&req=1', { 'token.explain': explain });
    await userEvent.click(await screen.findByRole('button', { name: 'Why?' }));
    const list = await screen.findByRole('list', { name: 'Checks, in the order in which they decide' });
    const lines = within(list).getAllByRole('listitem');
    expect(lines.map((line) => line.textContent)).toEqual([
      expect.stringMatching(/^Pathpasses/),
      expect.stringMatching(/^Not revokedpasses/),
      expect.stringMatching(/^Not expiredno rule/),
      expect.stringMatching(/^EndpointrefusesNone of its 2 patterns/),
      expect.stringMatching(/^Rate limitnot reached, but would refuse as well/),
    ]);
    expect(screen.getByText('Would be refused now: 403 Endpoint not allowed')).toBeVisible();
    expect(screen.getByText(/was changed since this request/)).toBeVisible();
    expect(screen.getByText('600 of 600 per minute')).toBeVisible();
    expect(explain).toHaveBeenCalledWith({ requestId: 'r-1', tokenId: 1, at: refused.at });
  });

  it('names what is needed with the access rules that ask for it, first what is missing', async () => {
    const needs = [
      { name: 'read', held: true, rules: [] },
      { name: 'write', held: false, rules: ['POST,PUT /products*', '/products*'] },
    ];
    const findings = [finding('scope', 'fail', { code: 'INSUFFICIENT_SCOPE', rule: 'POST,PUT /products*', needs })];
    await open('/api-tokens/1?tab=requests&req=1', { 'token.explain': () => ({ ...explanation, findings }) });
    await userEvent.click(await screen.findByRole('button', { name: 'Why?' }));
    const list = await screen.findByRole('list', { name: 'Checks, in the order in which they decide' });
    expect(within(list).getByRole('listitem')).toHaveTextContent(
      /^Scopes ?refuses ?Needs write, asked for by the rules POST,PUT \/products\* and \/products\* ?Holds read$/,
    );
  });

  it('is not offered beside a request that went well', async () => {
    const fine = { ...refused, status: 200, outcome: 'VALID' };
    await open('/api-tokens/1?tab=requests&req=1', { 'usage.requests': () => ({ requests: [fine], nextCursor: null }) });
    expect(await screen.findByText('The token was accepted and the API answered.')).toBeVisible();
    expect(screen.queryByRole('button', { name: 'Why?' })).not.toBeInTheDocument();
  });

  it('says what went wrong when it cannot be told', async () => {
    const gone = () => {
      throw refusal({ httpStatus: 404, message: 'The log holds no request with this id.' });
    };
    await open('/api-tokens/1?tab=requests&req=1', { 'token.explain': gone });
    await userEvent.click(await screen.findByRole('button', { name: 'Why?' }));
    expect(await screen.findByText('The log holds no request with this id.')).toHaveRole('alert');
  });

  it('is answered for a request that nobody sent, pasted with its address', async () => {
    const explain = vi.fn(() => ({ ...explanation, recorded: null }));
    await open('/api-tokens/1?tab=settings', { 'token.explain': explain });
    const form = await screen.findByRole('form', { name: 'Would it pass?' });
    await userEvent.click(within(form).getByRole('button', { name: 'Check' }));
    expect(within(form).getByText('Type a path such as /products/42.')).toBeVisible();
    await userEvent.type(within(form).getByRole('textbox'), 'https://shop.example/api/brands?page=2{Enter}');
    expect(await screen.findByText('Would be refused now: 403 Endpoint not allowed')).toBeVisible();
    expect(explain).toHaveBeenCalledWith({ tokenId: 1, method: 'GET', path: '/brands' });
  });
});

describe('a dry run', () => {
  it('starts from what is typed, without saving it', async () => {
    const setTrial = vi.fn(() => ({ token: { ...token, trial: TRIAL } }));
    const update = vi.fn();
    await open('/api-tokens/1?tab=settings', { 'token.setTrial': setTrial, 'token.update': update });
    const limit = await screen.findByRole('form', { name: 'Rate limit' });
    const button = within(limit).getByRole('button', { name: 'Dry run: watch it first' });
    expect(button).toBeDisabled();
    const requests = within(limit).getByRole('textbox', { name: 'Requests' });
    await userEvent.clear(requests);
    await userEvent.type(requests, '50');
    await userEvent.click(button);
    await waitFor(() =>
      expect(setTrial).toHaveBeenCalledWith({ id: 1, rateLimit: 50, rateLimitWindowMs: 60_000, rateLimitAlgorithm: 'fixed' }),
    );
    expect(await within(limit).findByText(/Watching/)).toBeVisible();
    expect(update).not.toHaveBeenCalled();
  });

  it('says what it would have refused and where, and ends by one click either way', async () => {
    const enforced = vi.fn(() => ({ token }));
    await open('/api-tokens/1', {
      'token.get': () => ({ token: { ...token, trial: TRIAL } }),
      'token.enforceTrial': enforced,
      'usage.trial': () => ({
        trial: TRIAL,
        requests: 12_480,
        denied: { total: 312, endpoint: 12, scope: 0, rate: 300 },
        hoursDenied: 3,
        endpoints: [{ endpoint: '/brands', method: 'GET', code: 'ENDPOINT_NOT_ALLOWED', denied: 12, lastAt: refused.at }],
      }),
      'usage.series': () => ({ points: [] }),
      'usage.summary': () => ({ current: totals, previous: totals, activeTokens: 1 }),
    });
    expect(await screen.findByText(/^Would have refused 312 of 12,480 requests in 3 hours since/)).toBeVisible();
    expect(within(screen.getByRole('table', { name: 'Endpoints affected' })).getByText('GET /brands')).toBeVisible();
    expect(screen.getByText('Limit: 50/min')).toBeVisible();
    await userEvent.click(screen.getByRole('button', { name: 'Enforce' }));
    await waitFor(() => expect(enforced).toHaveBeenCalledWith({ id: 1, since: TRIAL.since }));
  });

  it('says so while no request came', async () => {
    await open('/api-tokens/1', {
      'token.get': () => ({ token: { ...token, trial: TRIAL } }),
      'usage.trial': () => ({
        trial: TRIAL,
        requests: 0,
        denied: { total: 0, endpoint: 0, scope: 0, rate: 0 },
        hoursDenied: 0,
        endpoints: [],
      }),
      'usage.series': () => ({ points: [] }),
      'usage.summary': () => ({ current: totals, previous: totals, activeTokens: 1 }),
    });
    expect(await screen.findByText(/^No request came since 22 Nov 2026/)).toBeVisible();
  });

  it('shows a viewer what it says, and no buttons', async () => {
    await open(
      '/api-tokens/1',
      {
        'token.get': () => ({ token: { ...token, trial: TRIAL } }),
        'usage.trial': () => ({
          trial: TRIAL,
          requests: 7,
          denied: { total: 0, endpoint: 0, scope: 0, rate: 0 },
          hoursDenied: 0,
          endpoints: [],
        }),
        'usage.series': () => ({ points: [] }),
        'usage.summary': () => ({ current: totals, previous: totals, activeTokens: 1 }),
      },
      'viewer',
    );
    expect(await screen.findByText(/^Would have refused none of 7 requests/)).toBeVisible();
    expect(screen.queryByRole('button', { name: 'Enforce' })).not.toBeInTheDocument();
  });
});

describe('what if', () => {
  it('tries the limit that is typed on the last days and says what it would have refused', async () => {
    const whatIf = vi.fn(() => ({
      from: '2026-11-15T10:00:00.000Z',
      to: '2026-11-22T10:00:00.000Z',
      limitedBy: null,
      requests: 12_480,
      refused: { total: 312, endpoint: 0, rate: 312 },
      newlyRefused: 312,
      newlyAllowed: 0,
      hoursRefused: 3,
      hours: [],
      worstHour: { at: '2026-11-20T15:00:00.000Z', requests: 900, refused: 200 },
      endpoints: [{ endpoint: '/products', method: 'GET', requests: 500, refused: 300 }],
      peak: 130,
      peakShare: 2.6,
    }));
    await open('/api-tokens/1?tab=settings', { 'usage.whatIf': whatIf });
    const limit = await screen.findByRole('form', { name: 'Rate limit' });
    await userEvent.selectOptions(within(limit).getByRole('combobox', { name: 'Days to try it on' }), '30');
    await userEvent.click(within(limit).getByRole('button', { name: 'Try this limit on the last' }));
    expect(await within(limit).findByText(/would have refused 312 of 12,480 requests \(2.5 %\) in 3 hours/)).toBeVisible();
    expect(within(limit).getByText('Peak use: 130 in one window, 260 % of the limit.')).toBeVisible();
    expect(whatIf).toHaveBeenCalledWith(expect.objectContaining({ id: 1, days: 30 }));
  });
});

describe('granted and used', () => {
  it('shows what was never used and what would have been enough, names the impact, and tightens by one click', async () => {
    const update = vi.fn(() => ({ token: { ...token, allowedEndpoints: ['GET /products/*'] } }));
    await open('/api-tokens/1?tab=settings', { 'token.update': update });
    const table = await screen.findByRole('table', { name: 'Granted patterns and their use' });
    expect(within(table).getByRole('row', { name: '/stores Never used 0' })).toBeVisible();
    expect(within(table).getByRole('row', { name: '/products* Wider than used 118' })).toBeVisible();
    expect(screen.getByText('Every one of 120 requests of the last 30 days would still pass.')).toBeVisible();
    await userEvent.click(screen.getByRole('button', { name: 'Tighten now' }));
    await waitFor(() => expect(update).toHaveBeenCalledWith({ id: 1, allowedEndpoints: ['GET /products/*'] }));
  });

  it('tightens scopes that no request needed as well, also where the endpoints are as few as can be', async () => {
    const held = { ...token, scopes: ['read', 'write'] };
    const update = vi.fn(() => ({ token: { ...held, scopes: ['read'] } }));
    await open('/api-tokens/1?tab=settings', {
      'token.get': () => ({ token: held }),
      'token.update': update,
      'token.evidence': () => ({
        ...evidence,
        endpoints: { ...evidence.endpoints, suggested: null, impact: null },
        scopes: { known: true, held: [], neverNeeded: ['write'] },
      }),
    });
    expect(await screen.findByText('Scopes: read.')).toBeVisible();
    await userEvent.click(screen.getByRole('button', { name: 'Tighten now' }));
    await waitFor(() => expect(update).toHaveBeenCalledWith({ id: 1, scopes: ['read'] }));
  });
});

const totals = {
  requests: 7,
  ok: 7,
  clientErrors: 0,
  rateLimited: 0,
  serverErrors: 0,
  requestBytes: 0,
  responseBytes: 0,
  avg: 1,
  p50: 1,
  p95: 1,
  p99: 1,
};
