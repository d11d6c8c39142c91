import { screen, waitFor, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { describe, expect, it, vi } from 'vitest';
import { type Answers, refusal } from '../../testing/answer-link.ts';
import { renderConsole } from '../../testing/render.tsx';
import { strictPolicy } from '../../testing/sample-policy.ts';
import { accountAnswers, sampleList, sampleToken } from '../../testing/sample-token.ts';

const deploy = sampleToken();
const partner = sampleToken({ id: 2, name: 'partner', status: 'disabled', health: 'disabled', active: false });
const gone = sampleToken({ id: 3, name: 'gone', status: 'revoked', health: 'revoked' });

function open(path = '/api-tokens', answers: Answers = {}, role: 'admin' | 'viewer' = 'admin') {
  return renderConsole(path, { ...accountAnswers(role), 'token.list': () => sampleList([deploy, partner, gone]), ...answers });
}

describe('the list', () => {
  it('shows each token with its health in words, its limit and its endpoints', async () => {
    await open();
    const row = (await screen.findByRole('link', { name: 'ci-deploy' })).closest('tr') as HTMLElement;
    for (const text of ['Healthy', '600/min', '/products*', 'lk_live_••••abc1']) expect(within(row).getByText(text)).toBeVisible();
    expect(within(row).getByRole('img', { name: '120 requests in 24 hours' })).toBeInTheDocument();
  });

  it('asks the server for what the URL says', async () => {
    const list = vi.fn(() => sampleList([deploy]));
    await open('/api-tokens?q=ci&status=active,expired&sort=-last_used_at&page=2', { 'token.list': list });
    await screen.findByRole('link', { name: 'ci-deploy' });
    expect(list).toHaveBeenCalledWith({
      limit: 50,
      offset: 50,
      sort: 'last_used_at',
      order: 'desc',
      q: 'ci',
      status: ['active', 'expired'],
    });
  });

  it('shows whose tokens they are, and what kind, and is filtered by both (S2-068, S2-115)', async () => {
    const owned = sampleToken({ ownerType: 'user', ownerId: '42', keyType: 'publishable', environment: 'test', name: null });
    const list = vi.fn(() => sampleList([owned]));
    const { router } = await open('/api-tokens?owner=user:42&type=publishable', {
      'token.list': list,
      'policy.read': () => strictPolicy(),
    });
    const row = (await screen.findByRole('link', { name: 'Unnamed token' })).closest('tr') as HTMLElement;
    for (const text of ['publishable', 'test', 'user 42']) expect(within(row).getByText(text)).toBeVisible();
    expect(list).toHaveBeenCalledWith(expect.objectContaining({ ownerType: 'user', ownerId: '42', keyType: 'publishable' }));
    await userEvent.selectOptions(screen.getByRole('combobox', { name: 'Environment' }), 'test');
    await waitFor(() => expect(list).toHaveBeenCalledWith(expect.objectContaining({ environment: 'test' })));
    await userEvent.click(screen.getByRole('button', { name: 'Show tokens of every owner' }));
    await waitFor(() => expect(router.state.location.search).toEqual({ type: 'publishable', env: 'test' }));
  });

  it('puts a chosen order into the URL', async () => {
    const { router } = await open();
    await userEvent.click(await screen.findByRole('button', { name: /Last used/ }));
    await waitFor(() => expect(router.state.location.search).toMatchObject({ sort: '-last_used_at' }));
    expect(screen.getByRole('columnheader', { name: /Last used/ })).toHaveAttribute('aria-sort', 'descending');
  });

  it('keeps the focus on the header that sorted', async () => {
    const { router } = await open();
    const header = await screen.findByRole('button', { name: 'Name' });
    header.focus();
    await userEvent.keyboard('{Enter}');
    await waitFor(() => expect(router.state.location.search).toMatchObject({ sort: 'name' }));
    await waitFor(() => expect(screen.getByRole('columnheader', { name: 'Name' })).toHaveAttribute('aria-sort', 'ascending'));
    expect(screen.getByRole('button', { name: 'Name' })).toHaveFocus();
  });

  it('leads back from a page that is not there any more', async () => {
    const list = ({ offset }: { offset: number }) => ({ ...sampleList([deploy]), ...(offset > 0 && { tokens: [] }), offset });
    const { router } = await open('/api-tokens?page=9', { 'token.list': list });
    await userEvent.click(await screen.findByRole('button', { name: 'Go to the first page' }));
    expect(await screen.findByRole('link', { name: 'ci-deploy' })).toBeVisible();
    expect(router.state.location.search).toEqual({});
  });

  it('tells "no tokens yet" from "no token matches"', async () => {
    const first = await open('/api-tokens', { 'token.list': () => sampleList([]) });
    expect(await screen.findByText('No tokens yet')).toBeVisible();
    first.unmount();
    await open('/api-tokens?q=zzz', { 'token.list': () => sampleList([]) });
    expect(await screen.findByText('No token matches')).toBeVisible();
    expect(screen.getByText(/“zzz”/)).toBeVisible();
  });
});

describe('a pasted secret', () => {
  const secret = `lk_live_${'a1B2c3'.repeat(7)}`;

  it('opens its token, and reaches neither the URL, nor the list, nor a cache', async () => {
    const list = vi.fn((_input: never) => sampleList([deploy]));
    const find = vi.fn(() => ({ token: { id: 2, name: 'partner' } }));
    const view = await open('/api-tokens', { 'token.list': list, 'token.findBySecret': find, 'token.get': () => ({ token: partner }) });
    const field = await screen.findByRole('searchbox', { name: 'Search tokens' });
    await userEvent.click(field);
    await userEvent.paste(`Bearer ${secret}`);
    await waitFor(() => expect(view.router.state.location.pathname).toBe('/api-tokens/2'));
    expect(find).toHaveBeenCalledWith({ secret });
    expect(JSON.stringify(list.mock.calls)).not.toContain(secret);
    expect(view.router.state.location.href).not.toContain('lk_live');
    const cached = [
      view.queryClient
        .getQueryCache()
        .getAll()
        .map(({ queryKey }) => queryKey),
      mutationsOf(view.queryClient),
    ];
    expect(JSON.stringify(cached)).not.toContain(secret);
  });

  it('of nobody leaves an empty field and says so', async () => {
    await open('/api-tokens', { 'token.findBySecret': () => ({ token: null }) });
    const field = await screen.findByRole('searchbox', { name: 'Search tokens' });
    await userEvent.click(field);
    await userEvent.paste(secret);
    expect(await screen.findByText('No token has this secret')).toBeVisible();
    expect(field).toHaveValue('');
  });
});

describe('switching tokens', () => {
  it('shows the new state at once, and offers to undo it', async () => {
    const setActive = vi.fn(({ ids }: { ids: number[]; active: boolean }) => ({ changed: ids, skipped: [] }));
    await open('/api-tokens', { 'token.setActive': setActive });
    await userEvent.click(await screen.findByRole('switch', { name: 'ci-deploy is switched on' }));
    await userEvent.click(await screen.findByRole('button', { name: 'Undo' }));
    await waitFor(() => expect(setActive.mock.calls.map(([input]) => input.active)).toEqual([false, true]));
  });

  it('is taken back when the server refuses', async () => {
    let refuse: (error: Error) => void = () => undefined;
    const answer = new Promise<never>((_resolve, reject) => {
      refuse = reject;
    });
    await open('/api-tokens', { 'token.setActive': () => answer });
    const toggle = await screen.findByRole('switch', { name: 'ci-deploy is switched on' });
    await userEvent.click(toggle);
    await waitFor(() => expect(toggle).not.toBeChecked());
    refuse(refusal({ httpStatus: 409, message: 'The token has been revoked.' }));
    expect(await screen.findByText('The token has been revoked.')).toBeVisible();
    expect(toggle).toBeChecked();
  });

  it('works for several; revoked ones cannot be chosen', async () => {
    const setActive = vi.fn(({ ids }: { ids: number[] }) => ({ changed: ids, skipped: [] }));
    await open('/api-tokens', { 'token.setActive': setActive });
    await userEvent.click(await screen.findByRole('checkbox', { name: 'Select all rows on this page' }));
    const bar = screen.getByRole('region', { name: 'Chosen tokens' });
    expect(within(bar).getByText('2 tokens chosen')).toBeVisible();
    await userEvent.click(within(bar).getByRole('button', { name: 'Switch off' }));
    await waitFor(() => expect(setActive).toHaveBeenCalledWith({ ids: [1, 2], active: false }));
    await waitFor(() => expect(screen.queryByRole('region', { name: 'Chosen tokens' })).not.toBeInTheDocument());
    expect(screen.getByRole('checkbox', { name: 'Select ci-deploy' })).toHaveFocus();
  });

  it('starts another view with nothing chosen', async () => {
    await open();
    await userEvent.click(await screen.findByRole('checkbox', { name: 'Select ci-deploy' }));
    await userEvent.click(screen.getByRole('button', { name: 'Last used' }));
    await waitFor(() => expect(screen.queryByRole('region', { name: 'Chosen tokens' })).not.toBeInTheDocument());
    expect(screen.getByRole('checkbox', { name: 'Select ci-deploy' })).not.toBeChecked();
  });

  it('is not open to viewers', async () => {
    await open('/api-tokens', {}, 'viewer');
    expect(await screen.findByRole('switch', { name: 'ci-deploy is switched on' })).toBeDisabled();
    expect(screen.queryByRole('link', { name: 'Create token' })).not.toBeInTheDocument();
    expect(screen.queryByRole('checkbox', { name: /^Select/ })).not.toBeInTheDocument();
  });
});

function mutationsOf(client: Awaited<ReturnType<typeof open>>['queryClient']) {
  return client
    .getMutationCache()
    .getAll()
    .map(({ state }) => state);
}
