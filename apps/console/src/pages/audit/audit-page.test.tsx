import { screen, waitFor, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { expect, test } from 'vitest';
import { renderConsole } from '../../testing/render.tsx';
import { sampleAnswers, viewer } from '../../testing/sample-answers.ts';

const entry = {
  id: 5,
  at: '2026-11-22T10:00:00.000Z',
  actorId: 'u1',
  actorName: 'Ada Admin',
  action: 'token.update',
  targetType: 'token',
  targetId: '7',
  targetName: 'ci-deploy',
  before: { rateLimit: 100, allowedEndpoints: null },
  after: { rateLimit: 600, allowedEndpoints: ['/products*', 'GET /stores/*'] },
  ipAddress: '127.0.0.1',
  userAgent: null,
};
const answers = {
  ...sampleAnswers,
  'admin.audit': (input: { action?: string }) => {
    const entries = !input.action || input.action === entry.action ? [entry] : [];
    return { entries, total: entries.length, limit: 50, offset: 0 };
  },
};

test('an entry opens with each field before and after, and its address can be shared', async () => {
  const { router } = await renderConsole('/audit', answers);
  await userEvent.click(await screen.findByRole('button', { name: 'Details of change 5' }));
  const drawer = await screen.findByRole('dialog', { name: 'Change' });
  expect(within(drawer).getByRole('row', { name: 'Rate limit 100 600' })).toBeVisible();
  expect(within(drawer).getByRole('row', { name: /^Allowed endpoints/ })).toHaveTextContent('—/products* GET /stores/*');
  expect(router.state.location.search).toEqual({ entry: 5 });
});

test('closing an entry goes back to the list as it was, with the focus where it had been', async () => {
  const { router } = await renderConsole('/audit', answers);
  const details = await screen.findByRole('button', { name: 'Details of change 5' });
  await userEvent.click(details);
  await screen.findByRole('dialog', { name: 'Change' });
  await userEvent.keyboard('{Escape}');
  await waitFor(() => expect(screen.queryByRole('dialog')).not.toBeInTheDocument());
  expect(router.state.location.search).toEqual({});
  expect(router.history.canGoBack()).toBe(false);
  expect(screen.getByRole('button', { name: 'Details of change 5' })).toBe(details);
});

test('an entry that a link opened closes, too', async () => {
  const { router } = await renderConsole('/audit?entry=5', answers);
  await screen.findByRole('dialog', { name: 'Change' });
  await userEvent.keyboard('{Escape}');
  await waitFor(() => expect(router.state.location.search).toEqual({}));
});

test('no match is told apart from no changes, and the filters can be cleared', async () => {
  await renderConsole('/audit?action=token.revoke', answers);
  await screen.findByText('No change matches these filters');
  await userEvent.click(screen.getByRole('button', { name: 'Clear filters' }));
  expect(await screen.findByRole('link', { name: 'ci-deploy' })).toBeVisible();
});

test('a viewer is told who may see it; nothing is asked of the server', async () => {
  let asked = false;
  await renderConsole('/audit', {
    ...answers,
    'admin.me': () => viewer,
    'admin.audit': () => {
      asked = true;
      return { entries: [], total: 0, limit: 50, offset: 0 };
    },
  });
  expect(await screen.findByRole('heading', { name: 'Not open to your role' })).toBeVisible();
  expect(asked).toBe(false);
});
