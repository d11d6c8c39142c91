import { screen, waitFor, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { describe, expect, it, vi } from 'vitest';
import { type Answers, refusal } from '../../testing/answer-link.ts';
import { renderConsole } from '../../testing/render.tsx';
import { accountAnswers, sampleList, sampleToken } from '../../testing/sample-token.ts';

const { sparkline: _sparkline, ...token } = sampleToken();
const text = `lk_live_${'z9Y8x7'.repeat(7)}`;
const HOUR = 3_600_000;
const ago = (ms: number) => new Date(Date.now() - ms).toISOString();

const secret = (changes: object) => ({
  id: 1,
  state: 'current',
  prefix: 'lk_live_',
  start: 'lk_liv',
  last4: 'abc1',
  createdAt: ago(100 * HOUR),
  createdBy: 'u1',
  supersededAt: null,
  endsAt: null,
  quietHours: null,
  revokedAt: null,
  algorithm: 'hmac-sha256',
  lastUsedAt: null,
  lastSeenAt: null,
  lastIp: null,
  lastUserAgent: null,
  requests24h: 0,
  requests7d: 0,
  totalRequests: 0,
  ...changes,
});
const old = secret({
  state: 'overlapping',
  supersededAt: ago(2 * HOUR),
  endsAt: new Date(Date.now() + 22 * HOUR).toISOString(),
  lastUsedAt: ago(1.5 * HOUR),
  lastIp: '10.0.0.1',
  lastUserAgent: 'legacy-job/2',
  requests24h: 312,
  totalRequests: 9_000,
});
const current = secret({ id: 2, last4: 'new2', createdAt: ago(2 * HOUR) });

function open(path: string, answers: Answers = {}, role: 'admin' | 'viewer' = 'admin') {
  return renderConsole(path, {
    ...accountAnswers(role),
    'token.get': () => ({ token }),
    'token.list': () => sampleList([sampleToken()]),
    'token.secrets': () => ({ secrets: [old, current] }),
    'usage.endpoints': () => ({ endpoints: [] }),
    'usage.requests': () => ({ requests: [], nextCursor: null }),
    ...answers,
  });
}

const rotated = { token: { ...token, token: text }, secrets: [old, current], ended: [], message: 'rotated' };

describe('rotating a token', () => {
  it('asks how long the old secret goes on, a day unless told otherwise, and shows the new one once', async () => {
    const rotate = vi.fn((_input: object) => rotated);
    const { queryClient, router } = await open('/api-tokens/1?tab=settings', { 'token.rotate': rotate });
    await userEvent.click(await screen.findByRole('button', { name: 'Rotate…' }));
    const dialog = within(await screen.findByRole('dialog', { name: /^Rotate “/ }));
    expect(dialog.getByRole('radio', { name: '24 hours' })).toBeChecked();
    await userEvent.click(dialog.getByRole('button', { name: 'Rotate' }));
    expect(await screen.findByTestId('secret')).toHaveTextContent(text);
    expect(rotate).toHaveBeenCalledWith({ id: 1, overlapSeconds: 86_400 });
    expect(screen.getByText(/The old secret works until/)).toBeVisible();
    await waitFor(() => expect(queryClient.getMutationCache().getAll()).toHaveLength(0));
    const queries = queryClient.getQueryCache().getAll();
    expect(JSON.stringify(queries.map(({ queryKey, state }) => [queryKey, state.data]))).not.toContain(text);
    expect(router.state.location.href).not.toContain('z9Y8x7');
  });

  it('does not let the new secret go uncopied without a question', async () => {
    const { router } = await open('/api-tokens/1?tab=settings&rotate=true', { 'token.rotate': () => rotated });
    await userEvent.click(await screen.findByRole('button', { name: 'Rotate' }));
    await screen.findByTestId('secret');
    await userEvent.keyboard('{Escape}');
    expect(await screen.findByRole('alertdialog')).toHaveTextContent('You would have to rotate the token again.');
    await userEvent.click(screen.getByRole('button', { name: 'Close without the secret' }));
    await waitFor(() => expect(router.state.location.search).toEqual({ tab: 'settings' }));
    expect(screen.queryByTestId('secret')).not.toBeInTheDocument();
  });

  it('may wait until the old one is quiet, for whole hours', async () => {
    const rotate = vi.fn((_input: object) => rotated);
    await open('/api-tokens/1?rotate=true', { 'token.rotate': rotate, 'usage.summary': () => new Promise(() => undefined) });
    const dialog = within(await screen.findByRole('dialog', { name: /^Rotate “/ }));
    await userEvent.click(dialog.getByRole('radio', { name: 'Until it is quiet' }));
    const hours = dialog.getByRole('textbox', { name: 'Hours without a request' });
    await userEvent.clear(hours);
    await userEvent.click(dialog.getByRole('button', { name: 'Rotate' }));
    expect(hours).toHaveAccessibleDescription('Give whole hours, 1 to 168.');
    await userEvent.type(hours, '12');
    await userEvent.click(dialog.getByRole('button', { name: 'Rotate' }));
    await waitFor(() => expect(rotate).toHaveBeenCalledWith({ id: 1, quietHours: 12 }));
  });

  it('says what went wrong, and changes nothing', async () => {
    const refuse = () => {
      throw refusal({ httpStatus: 409, message: 'The token is revoked.' });
    };
    await open('/api-tokens/1?tab=settings&rotate=true', { 'token.rotate': refuse });
    await userEvent.click(await screen.findByRole('button', { name: 'Rotate' }));
    expect(await screen.findByText('The token is revoked.')).toBeVisible();
    expect(screen.queryByTestId('secret')).not.toBeInTheDocument();
  });

  it('is a step away from the list, where an old secret in use is marked', async () => {
    const { router } = await open('/api-tokens?status=active', {
      'token.list': () => sampleList([sampleToken({ oldSecretInUse: true })]),
      'usage.summary': () => new Promise(() => undefined),
    });
    expect(await screen.findByText('old secret still used')).toBeVisible();
    await userEvent.click(screen.getByRole('button', { name: 'Actions for ci-deploy' }));
    await userEvent.click(await screen.findByRole('menuitem', { name: 'Rotate…' }));
    await waitFor(() => expect(router.state.location.pathname).toBe('/api-tokens/1'));
    expect(router.state.location.search).toEqual({ rotate: true });
  });
});

describe('the secrets of a token', () => {
  it('say who still uses the old one, and until when it works', async () => {
    await open('/api-tokens/1?tab=settings');
    const card = within(await screen.findByRole('region', { name: 'Secrets' }));
    expect(await card.findByText(/lk_live_••••abc1 is still used: last 1 h ago from 10.0.0.1 by legacy-job\/2. It ends/)).toBeVisible();
    const row = card.getByRole('row', { name: /abc1/ });
    for (const each of ['Old, still works', '312 in 24 h', '10.0.0.1 · legacy-job/2']) expect(within(row).getByText(each)).toBeVisible();
  });

  it('end one by one, with the impact named', async () => {
    const revoke = vi.fn((_input: object) => ({ token, secrets: [{ ...old, state: 'revoked' }, current] }));
    await open('/api-tokens/1?tab=settings', { 'token.revokeSecret': revoke });
    await userEvent.click(await screen.findByRole('button', { name: 'Revoke the secret ending in abc1' }));
    const dialog = within(await screen.findByRole('dialog', { name: 'Revoke the secret lk_live_••••abc1?' }));
    expect(dialog.getByText('312 requests in the last 24 hours')).toBeVisible();
    await userEvent.click(dialog.getByRole('button', { name: 'Revoke secret' }));
    await waitFor(() => expect(revoke).toHaveBeenCalledWith({ id: 1, secretId: 1 }));
    await waitFor(() => expect(screen.queryByRole('dialog')).not.toBeInTheDocument());
  });

  it('the last that works has no button of its own, and viewers have none at all', async () => {
    const first = await open('/api-tokens/1?tab=settings', { 'token.secrets': () => ({ secrets: [current] }) });
    await screen.findByText('Current');
    expect(screen.queryByRole('button', { name: /Revoke the secret/ })).not.toBeInTheDocument();
    first.unmount();
    await open('/api-tokens/1?tab=settings', {}, 'viewer');
    await screen.findByText('Current');
    expect(screen.queryByRole('button', { name: /Revoke the secret|Rotate/ })).not.toBeInTheDocument();
  });
});
