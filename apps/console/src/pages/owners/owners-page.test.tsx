import { screen, waitFor, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { describe, expect, it, vi } from 'vitest';
import type { Answers } from '../../testing/answer-link.ts';
import { renderConsole } from '../../testing/render.tsx';
import { accountAnswers, sampleList } from '../../testing/sample-token.ts';

const owner = (changes: object = {}) => ({
  ownerType: 'user',
  ownerId: '42',
  tokens: 4,
  active: 2,
  disabled: 1,
  expired: 0,
  revoked: 1,
  requests24h: 120,
  failed24h: 12,
  totalRequests: 9_000,
  lastUsedAt: '2026-11-20T10:00:00.000Z',
  maxTokens: 10,
  ...changes,
});
const page = (...owners: object[]) => ({ owners, total: owners.length, limit: 50, offset: 0 });

function open(path = '/owners', answers: Answers = {}, role: 'admin' | 'viewer' = 'admin') {
  return renderConsole(path, {
    ...accountAnswers(role),
    'owner.list': () => page(owner(), owner({ ownerType: 'organization', ownerId: 'acme', maxTokens: null })),
    'token.list': () => sampleList([]),
    ...answers,
  });
}

describe('the list of owners', () => {
  it('says how many tokens each has, against its limit, and how busy it is', async () => {
    await open();
    const row = (await screen.findByRole('link', { name: 'user 42' })).closest('tr') as HTMLElement;
    for (const text of ['3 / 10', '4 tokens · 1 disabled · 1 revoked', '10 % failed']) expect(within(row).getByText(text)).toBeVisible();
  });

  it('leads to the tokens of an owner, the owner in the URL', async () => {
    const list = vi.fn((_input: unknown) => sampleList([]));
    const { router } = await open('/owners', { 'token.list': list });
    await userEvent.click(await screen.findByRole('link', { name: 'user 42' }));
    await waitFor(() => expect(router.state.location.search).toEqual({ owner: 'user:42' }));
    await waitFor(() => expect(list).toHaveBeenCalledWith(expect.objectContaining({ ownerType: 'user', ownerId: '42' })));
    expect(await screen.findByText(/Nothing found for owner user 42/)).toBeVisible();
  });

  it('asks the server for what the URL says', async () => {
    const list = vi.fn(() => page(owner()));
    await open('/owners?q=42&sort=-requests_24h&page=2', { 'owner.list': list });
    await screen.findByRole('link', { name: 'user 42' });
    expect(list).toHaveBeenCalledWith({ limit: 50, offset: 50, sort: 'requests_24h', order: 'desc', q: '42' });
  });

  it('tells "no owners yet" from "no owner matches"', async () => {
    const first = await open('/owners', { 'owner.list': () => page() });
    expect(await screen.findByText('No token has an owner yet')).toBeVisible();
    first.unmount();
    await open('/owners?q=zzz', { 'owner.list': () => page() });
    expect(await screen.findByText('No owner matches')).toBeVisible();
  });
});

describe('the end of an owner’s tokens', () => {
  const openDialog = async (answers: Answers) => {
    await open('/owners', answers);
    await userEvent.click(await screen.findByRole('button', { name: 'Actions for user 42' }));
    await userEvent.click(await screen.findByRole('menuitem', { name: 'End owner’s tokens…' }));
    return within(await screen.findByRole('dialog', { name: 'End this owner’s tokens?' }));
  };

  it('names the impact, wants the id typed, and keeps the history unless told otherwise', async () => {
    const end = vi.fn(() => ({ message: 'done', ids: [1, 2] }));
    const dialog = await openDialog({ 'owner.end': end });
    expect(dialog.getByText('120 requests in the last 24 hours')).toBeVisible();
    const confirm = dialog.getByRole('button', { name: 'End tokens' });
    await userEvent.click(confirm);
    expect(end).not.toHaveBeenCalled();
    await userEvent.type(dialog.getByRole('textbox'), '42');
    await userEvent.click(confirm);
    await waitFor(() => expect(screen.queryByRole('dialog')).not.toBeInTheDocument());
    expect(end).toHaveBeenCalledWith({ ownerType: 'user', ownerId: '42', keepHistory: true });
  });

  it('deletes them only when that is chosen', async () => {
    const end = vi.fn(() => ({ message: 'done', ids: [1] }));
    const dialog = await openDialog({ 'owner.end': end });
    await userEvent.click(dialog.getByRole('radio', { name: 'Delete them' }));
    await userEvent.type(dialog.getByRole('textbox'), '42{Enter}');
    await waitFor(() => expect(end).toHaveBeenCalledWith({ ownerType: 'user', ownerId: '42', keepHistory: false }));
  });

  it('is not offered to viewers', async () => {
    await open('/owners', {}, 'viewer');
    await userEvent.click(await screen.findByRole('button', { name: 'Actions for user 42' }));
    expect(await screen.findByRole('menuitem', { name: 'Show tokens' })).toBeVisible();
    expect(screen.queryByRole('menuitem', { name: /End owner/ })).not.toBeInTheDocument();
  });
});

it('a token is created for an owner with the owner filled in', async () => {
  const counts = { all: 1, active: 1, disabled: 0, expired: 0, revoked: 0 };
  await open('/api-tokens/new?owner=user:42', {
    'usage.endpoints': () => ({ endpoints: [] }),
    'token.list': () => ({ ...sampleList([]), counts }),
  });
  expect(await screen.findByRole('textbox', { name: 'Owner id' })).toHaveValue('42');
  expect(screen.getByTestId('summary')).toHaveTextContent('for user 42');
});
