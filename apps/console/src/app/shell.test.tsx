import { screen, waitFor, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { describe, expect, test } from 'vitest';
import { refusal } from '../testing/answer-link.ts';
import { renderConsole } from '../testing/render.tsx';
import { sampleAnswers, viewer } from '../testing/sample-answers.ts';

const signedOut = { 'admin.me': () => Promise.reject(refusal({ httpStatus: 401, message: 'Sign in.' })) };

describe('who is not signed in', () => {
  test('is sent to the sign-in, and the address asked for is kept', async () => {
    const { router } = await renderConsole('/audit?action=token.revoke', { ...sampleAnswers, ...signedOut });
    await screen.findByRole('heading', { level: 1, name: 'Sign in' });
    expect(router.state.location.search).toEqual({ returnTo: '/audit?action=token.revoke' });
  });

  test('is sent to the set-up while there is no account', async () => {
    await renderConsole('/', { ...sampleAnswers, ...signedOut, 'admin.setupState': () => ({ needed: true }) });
    await screen.findByRole('heading', { level: 1, name: 'Set up Latchkey' });
  });
});

describe('navigation', () => {
  test('moves the focus to the new page’s heading and names the tab after it', async () => {
    await renderConsole('/', sampleAnswers);
    await userEvent.click(await screen.findByRole('link', { name: 'Settings' }));
    const heading = await screen.findByRole('heading', { level: 1, name: 'Settings' });
    await waitFor(() => expect(heading).toHaveFocus());
    expect(document.title).toBe('Settings · Latchkey');
  });

  test('offers a viewer neither the audit log nor the creation of tokens', async () => {
    await renderConsole('/', { ...sampleAnswers, 'admin.me': () => viewer });
    const main = await screen.findByRole('navigation', { name: 'Main' });
    expect(within(main).queryByRole('link', { name: 'Audit log' })).not.toBeInTheDocument();
    expect(screen.queryByRole('link', { name: 'Create token' })).not.toBeInTheDocument();
  });

  test('keeps the time range from page to page', async () => {
    const { router } = await renderConsole('/?range=7d', sampleAnswers);
    await userEvent.click(await screen.findByRole('link', { name: 'Settings' }));
    await screen.findByRole('heading', { level: 1, name: 'Settings' });
    expect(router.state.location.search).toEqual({ range: '7d' });
  });
});

describe('single keys', () => {
  test('g and s go to the settings', async () => {
    await renderConsole('/', sampleAnswers);
    await screen.findByRole('heading', { level: 1, name: 'Overview' });
    await userEvent.keyboard('gs');
    await screen.findByRole('heading', { level: 1, name: 'Settings' });
  });

  test('do nothing while somebody types', async () => {
    const { router } = await renderConsole('/audit', {
      ...sampleAnswers,
      'admin.audit': () => ({ entries: [], total: 0, limit: 50, offset: 0 }),
    });
    await userEvent.type(await screen.findByRole('searchbox'), 'c');
    expect(router.state.location.pathname).toBe('/audit');
  });

  test('do nothing where they are switched off', async () => {
    localStorage.setItem('latchkey-preferences', JSON.stringify({ singleKeyShortcuts: false }));
    const { router } = await renderConsole('/', sampleAnswers);
    await screen.findByRole('heading', { level: 1, name: 'Overview' });
    await userEvent.keyboard('gs');
    expect(router.state.location.pathname).toBe('/');
  });
});

test('a session that ends under an open page is renewed over it', async () => {
  let ended = false;
  const { queryClient } = await renderConsole('/settings', {
    ...sampleAnswers,
    'admin.members': () => (ended ? Promise.reject(refusal({ httpStatus: 401, message: 'Sign in.' })) : { members: [] }),
  });
  await screen.findByRole('heading', { level: 2, name: 'Members' });
  ended = true;
  await queryClient.invalidateQueries();
  const dialog = await screen.findByRole('dialog', { name: 'Your session has ended' });
  expect(within(dialog).getByLabelText('E-mail address')).toHaveValue('ada@example.com');
});

test('the palette finds tokens and never searches for a secret', async () => {
  const searched: unknown[] = [];
  await renderConsole('/settings', {
    ...sampleAnswers,
    'token.list': (input: { q?: string }) => {
      searched.push(input.q);
      return sampleAnswers['token.list']?.(input as never);
    },
    'token.findBySecret': () => ({ token: null }),
  });
  await screen.findByRole('heading', { level: 1, name: 'Settings' });
  await userEvent.keyboard('{Control>}k{/Control}');
  const field = await screen.findByLabelText('Search pages, actions and tokens');
  await userEvent.click(field);
  await userEvent.paste(`lk_live_${'a1'.repeat(21)}`);
  expect(field).toHaveValue('');
  await userEvent.type(field, 'deploy');
  await screen.findByText('ci-deploy');
  expect(searched).toEqual(['deploy']);
});
