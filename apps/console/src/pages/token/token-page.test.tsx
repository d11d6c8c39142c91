import { screen, waitFor, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { describe, expect, it, vi } from 'vitest';
import { type Answers, refusal } from '../../testing/answer-link.ts';
import { renderConsole } from '../../testing/render.tsx';
import { strictPolicy } from '../../testing/sample-policy.ts';
import { accountAnswers, sampleList, sampleToken } from '../../testing/sample-token.ts';

const { sparkline: _sparkline, ...token } = sampleToken({ expiresAt: '2027-02-20T12:00:00.000Z' });

const request = (id: number, changes = {}) => ({
  id: String(id),
  tokenId: 1,
  tokenName: 'ci-deploy',
  at: '2026-11-22T10:00:00.000Z',
  method: 'GET',
  endpoint: '/products/:id',
  path: `/products/${id}`,
  status: 200,
  responseTimeMs: 12,
  requestBytes: 0,
  responseBytes: 10,
  ipAddress: '10.0.0.1',
  userAgent: 'curl/8',
  outcome: 'VALID',
  requestId: `r${id}`,
  via: null,
  ...changes,
});

const NOTHING_USED = {
  from: '2026-10-24T00:00:00.000Z',
  to: '2026-11-22T10:00:00.000Z',
  requests: 0,
  endpoints: { granted: null, used: [], failedOnly: [], suggested: null, impact: null, unknown: 0 },
  scopes: { known: false, held: [], neverNeeded: [] },
  permittedActions: { known: false, held: [], neverNeeded: [] },
};

function open(path: string, answers: Answers = {}, role: 'admin' | 'viewer' = 'admin') {
  const soon = new Date(Date.now() + 30_000).toISOString();
  return renderConsole(path, {
    ...accountAnswers(role),
    'token.get': () => ({ token }),
    'token.list': () => sampleList([]),
    'limit.status': () => ({
      tokenId: 1,
      enabled: true,
      algorithm: 'fixed',
      windowMs: 60_000,
      limit: 600,
      current: 500,
      remaining: 100,
      resetAt: soon,
      windows: [
        { name: 'default', shared: false, algorithm: 'fixed', windowMs: 60_000, limit: 600, current: 500, remaining: 100, resetAt: soon },
        { name: 'burst', shared: false, algorithm: 'fixed', windowMs: 1_000, limit: 10, current: 3, remaining: 7, resetAt: soon },
        { name: 'pool:team', shared: true, algorithm: 'fixed', windowMs: 60_000, limit: 900, current: 9, remaining: 891, resetAt: soon },
      ],
      quota: { remaining: 812, refillAmount: 1_000, refillInterval: 86_400_000, refillAt: soon },
    }),
    'usage.endpoints': () => ({ endpoints: [] }),
    'usage.requests': () => ({ requests: [], nextCursor: null }),
    'token.evidence': () => NOTHING_USED,
    'token.impact': () => ({ requestsLastHour: 0, addressesLastHour: 0, lastUsedAt: null }),
    ...answers,
  });
}

it('its name takes the focus over from the heading that stood there while it was loaded', async () => {
  let answer: (value: unknown) => void = () => undefined;
  const loading = new Promise((resolve) => {
    answer = resolve;
  });
  const { router } = await open('/settings', { 'token.get': () => loading });
  await screen.findByRole('heading', { level: 1, name: 'Settings' });
  void router.navigate({ to: '/api-tokens/$tokenId', params: { tokenId: '1' }, search: { tab: 'settings' } });
  const placeholder = await screen.findByRole('heading', { level: 1, name: 'Token' });
  await waitFor(() => expect(placeholder).toHaveFocus());
  answer({ token });
  const heading = await screen.findByRole('heading', { level: 1, name: 'ci-deploy' });
  await waitFor(() => expect(heading).toHaveFocus());
});

it('an unknown or malformed id is a page, not a crash', async () => {
  const first = await open('/api-tokens/abc');
  expect(await screen.findByText('There is no such token')).toBeVisible();
  first.unmount();
  const missing = () => {
    throw refusal({ httpStatus: 404, message: 'There is no token 9.' });
  };
  await open('/api-tokens/9', { 'token.get': missing });
  expect(await screen.findByText('There is no such token')).toBeVisible();
});

it('the header says how much of the limit is used', async () => {
  await open('/api-tokens/1?tab=settings');
  const meter = await screen.findByRole('meter', { name: 'Rate limit used' });
  expect(meter).toHaveAttribute('aria-valuenow', '500');
  expect(meter).toHaveAttribute('aria-valuetext', expect.stringMatching(/^500 \/ 600, resets in \d+ s$/));
});

it('the header shows every further window and the quota, and says which of them is shared', async () => {
  await open('/api-tokens/1?tab=settings');
  expect(await screen.findByRole('meter', { name: 'Limit burst used' })).toHaveAttribute('aria-valuenow', '3');
  expect(screen.getByRole('meter', { name: 'Quota left' })).toHaveAttribute('aria-valuenow', '812');
  expect(screen.getByText('team, shared by all tokens of the owner')).toBeVisible();
});

it('the header names who created the token', async () => {
  await open('/api-tokens/1?tab=settings');
  expect(await screen.findByText('by Ada')).toBeVisible();
});

describe('requests', () => {
  it('are filtered by the server, and the filter is in the URL', async () => {
    const requests = vi.fn((_input: { status?: string[] }) => ({ requests: [request(1)], nextCursor: null }));
    const { router } = await open('/api-tokens/1?tab=requests', { 'usage.requests': requests });
    await userEvent.click(await screen.findByRole('checkbox', { name: '429' }));
    await waitFor(() => expect(requests.mock.lastCall?.[0]).toMatchObject({ tokenId: 1, status: ['429'] }));
    expect(router.state.location.searchStr).toContain('status=429');
  });

  it('open in a drawer that explains them; older and newer are one step away', async () => {
    const rows = [request(1, { status: 429, outcome: 'RATE_LIMITED' }), request(2)];
    const { router } = await open('/api-tokens/1?tab=requests', { 'usage.requests': () => ({ requests: rows, nextCursor: null }) });
    await userEvent.click(await screen.findByRole('button', { name: /products\/1, 429: details/ }));
    const drawer = await screen.findByRole('dialog');
    expect(within(drawer).getByText(/had used up its requests/)).toBeVisible();
    await userEvent.click(within(drawer).getByRole('button', { name: 'Older' }));
    expect(await within(drawer).findByText('/products/2')).toBeVisible();
    expect(router.state.location.searchStr).toContain('req=2');
    await userEvent.keyboard('{Escape}');
    await waitFor(() => expect(router.state.location.searchStr).not.toContain('req='));
  });

  it('that a proxy answered say that their status is not known, and not that all went well', async () => {
    const rows = [request(1, { status: null, via: 'forward_auth', responseBytes: 0 })];
    await open('/api-tokens/1?tab=requests', { 'usage.requests': () => ({ requests: rows, nextCursor: null }) });
    await userEvent.click(await screen.findByRole('button', { name: /products\/1, answered at the proxy: details/ }));
    const drawer = within(await screen.findByRole('dialog'));
    expect(drawer.getByText('not known: decided at the proxy')).toBeVisible();
    expect(drawer.getByText('a proxy that asked (forward-auth)')).toBeVisible();
    expect(drawer.getByText(/is known to the proxy that asked, and not here/)).toBeVisible();
    expect(drawer.getAllByText('not known')).toHaveLength(2);
    expect(drawer.queryByText('Took')).not.toBeInTheDocument();
  });

  it('further back come page by page', async () => {
    const requests = vi.fn(({ cursor }: { cursor?: string }) =>
      cursor === undefined ? { requests: [request(2)], nextCursor: 'next' } : { requests: [request(1)], nextCursor: null },
    );
    await open('/api-tokens/1?tab=requests', { 'usage.requests': requests });
    await userEvent.click(await screen.findByRole('button', { name: 'Load more' }));
    expect(await screen.findByText('/products/1')).toBeVisible();
    expect(screen.getByText('/products/2')).toBeVisible();
    expect(screen.queryByRole('button', { name: 'Load more' })).not.toBeInTheDocument();
  });
});

describe('settings', () => {
  const section = async (name: string) => within(await screen.findByRole('form', { name }));

  it('are saved part by part, with only that part', async () => {
    const update = vi.fn((input: { rateLimit: number }) => ({ token: { ...token, ...input, updatedAt: '2026-11-22T10:00:00.000Z' } }));
    await open('/api-tokens/1?tab=settings', { 'token.update': update });
    const limit = await section('Rate limit');
    const save = limit.getByRole('button', { name: 'Save' });
    expect(save).toHaveAttribute('aria-disabled', 'true');
    await userEvent.clear(limit.getByRole('textbox', { name: 'Requests' }));
    await userEvent.type(limit.getByRole('textbox', { name: 'Requests' }), '5');
    save.focus();
    await userEvent.keyboard('{Enter}');
    expect(await limit.findByText('Saved')).toBeVisible();
    expect(save).toHaveFocus();
    expect(update).toHaveBeenCalledWith({
      id: 1,
      rateLimit: 5,
      rateLimitWindowMs: 60_000,
      rateLimitAlgorithm: 'fixed',
      rateLimitEnabled: true,
    });
  });

  it('that the server refuses are not called saved', async () => {
    const update = () => {
      throw refusal({ httpStatus: 400, message: 'Invalid input', details: [{ path: 'name', message: 'That name is reserved.' }] });
    };
    await open('/api-tokens/1?tab=settings', { 'token.update': update });
    const about = await section('Name and purpose');
    await userEvent.type(about.getByRole('textbox', { name: 'Name' }), '2');
    await userEvent.click(about.getByRole('button', { name: 'Save' }));
    await waitFor(() => expect(about.getByRole('textbox', { name: 'Name' })).toHaveAccessibleDescription(/reserved/));
    expect(about.queryByText('Saved')).not.toBeInTheDocument();
    expect(about.getByRole('textbox', { name: 'Name' })).toHaveValue('ci-deploy2');
  });

  it('that are not saved are not lost by a press on another tab', async () => {
    const { router } = await open('/api-tokens/1?tab=settings');
    const about = await section('Name and purpose');
    await userEvent.type(about.getByRole('textbox', { name: 'Name' }), '2');
    await userEvent.click(screen.getByRole('tab', { name: 'Usage' }));
    const dialog = within(await screen.findByRole('dialog', { name: 'Leave without saving?' }));
    await userEvent.click(dialog.getByRole('button', { name: 'Cancel' }));
    expect(about.getByRole('textbox', { name: 'Name' })).toHaveValue('ci-deploy2');
    await userEvent.click(screen.getByRole('tab', { name: 'Usage' }));
    await userEvent.click(await screen.findByRole('button', { name: 'Discard and leave' }));
    await waitFor(() => expect(router.state.location.search).toEqual({}));
  });

  it('of the finer kind are folded away, and saved by themselves', async () => {
    const update = vi.fn((input: object) => ({ token: { ...token, ...input, updatedAt: '2026-11-22T10:00:00.000Z' } }));
    await open('/api-tokens/1?tab=settings', { 'token.update': update, 'policy.read': () => strictPolicy() });
    await userEvent.click(await screen.findByRole('button', { name: 'Permissions None' }));
    const form = await section('Permissions');
    await userEvent.click(form.getByRole('button', { name: 'Add permission' }));
    await waitFor(() => expect(form.getByRole('textbox', { name: 'Resource 1' })).toHaveFocus());
    await userEvent.keyboard('files');
    await userEvent.type(form.getByRole('combobox', { name: 'Actions of resource 1' }), 'read,write,');
    await userEvent.click(form.getByRole('button', { name: 'Save' }));
    expect(await form.findByText('Saved')).toBeVisible();
    expect(update).toHaveBeenCalledWith({ id: 1, permissions: { files: ['read', 'write'] } });
    const scopes = await section('Scopes');
    await userEvent.click(scopes.getByRole('checkbox', { name: 'read' }));
    await userEvent.click(scopes.getByRole('button', { name: 'Save' }));
    await waitFor(() => expect(update).toHaveBeenCalledWith({ id: 1, scopes: ['read'] }));
  });

  it('that are folded away unsaved are still asked about', async () => {
    await open('/api-tokens/1?tab=settings');
    const fold = await screen.findByRole('button', { name: 'Metadata None' });
    await userEvent.click(fold);
    await userEvent.type(screen.getByRole('textbox', { name: 'Metadata' }), '1');
    await userEvent.click(fold);
    expect(screen.getByRole('button', { name: 'Metadata Not saved yet' })).toBeVisible();
    await userEvent.click(screen.getByRole('tab', { name: 'Usage' }));
    expect(await screen.findByRole('dialog', { name: 'Leave without saving?' })).toBeVisible();
  });

  it('can be read but not changed by viewers', async () => {
    await open('/api-tokens/1?tab=settings', {}, 'viewer');
    const about = await section('Name and purpose');
    expect(about.getByRole('textbox', { name: 'Name' })).toBeDisabled();
    expect(screen.getByText(/Your role may look but not change/)).toBeVisible();
    expect(screen.queryByRole('button', { name: 'Save' })).not.toBeInTheDocument();
    expect(screen.queryByText('Danger zone')).not.toBeInTheDocument();
    expect(screen.queryByRole('tab', { name: 'History' })).not.toBeInTheDocument();
  });
});

describe('the end of a token', () => {
  it('in use names the impact, and wants its name typed', async () => {
    const revoke = vi.fn(() => ({ token: { ...token, status: 'revoked', health: 'revoked' } }));
    const impact = { requestsLastHour: 1_204, addressesLastHour: 3, lastUsedAt: new Date().toISOString() };
    await open('/api-tokens/1?tab=settings', { 'token.impact': () => impact, 'token.revoke': revoke });
    const opener = await screen.findByRole('button', { name: 'Revoke token…' });
    await userEvent.click(opener);
    const dialog = within(await screen.findByRole('dialog', { name: /^Revoke “.?ci-deploy.?”\?$/ }));
    expect(await dialog.findByText('1,204 requests in the last hour from 3 addresses')).toBeVisible();
    const confirm = dialog.getByRole('button', { name: 'Revoke token' });
    expect(confirm).toHaveAttribute('aria-disabled', 'true');
    await userEvent.click(confirm);
    expect(revoke).not.toHaveBeenCalled();
    await userEvent.type(dialog.getByRole('textbox'), 'ci-deploy');
    await userEvent.click(confirm);
    await waitFor(() => expect(screen.queryByRole('dialog')).not.toBeInTheDocument());
    expect(revoke).toHaveBeenCalledWith({ id: 1 });
  });

  it('is called off with the focus back where it was', async () => {
    const revoke = vi.fn();
    await open('/api-tokens/1?tab=settings', { 'token.revoke': revoke });
    const opener = await screen.findByRole('button', { name: 'Revoke token…' });
    await userEvent.click(opener);
    await userEvent.click(await screen.findByRole('button', { name: 'Cancel' }));
    await waitFor(() => expect(opener).toHaveFocus());
    expect(revoke).not.toHaveBeenCalled();
  });

  it('is not offered where its type cannot be called back (S2-182)', async () => {
    const published = { ...token, keyType: 'publishable' };
    await open('/api-tokens/1?tab=settings', { 'token.get': () => ({ token: published }), 'policy.read': () => strictPolicy() });
    expect(await screen.findByText(/can be neither revoked nor deleted by themselves/)).toBeVisible();
    expect(screen.queryByRole('button', { name: 'Revoke token…' })).not.toBeInTheDocument();
    await userEvent.click(screen.getByRole('button', { name: 'Actions for ci-deploy' }));
    expect(await screen.findByRole('menuitem', { name: 'Duplicate' })).toBeVisible();
    expect(screen.queryByRole('menuitem', { name: 'Revoke…' })).not.toBeInTheDocument();
  });

  it('by deletion leads back to the list', async () => {
    const { router } = await open('/api-tokens/1?tab=settings', { 'token.delete': () => ({ message: 'deleted' }) });
    await userEvent.click(await screen.findByRole('button', { name: 'Delete token…' }));
    const dialog = within(await screen.findByRole('dialog'));
    await dialog.findByText(/No requests in the last hour/);
    await userEvent.click(dialog.getByRole('button', { name: 'Delete token' }));
    await waitFor(() => expect(router.state.location.pathname).toBe('/api-tokens'));
  });
});
