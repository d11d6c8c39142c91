import { screen, waitFor, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { describe, expect, test, vi } from 'vitest';
import { refusal } from '../../testing/answer-link.ts';
import { renderConsole } from '../../testing/render.tsx';
import { admin, sampleAnswers, viewer } from '../../testing/sample-answers.ts';
import { samplePolicy, strictPolicy } from '../../testing/sample-policy.ts';

describe('an administrator', () => {
  test('adds a member; the server’s objection is shown at its field', async () => {
    const sent: unknown[] = [];
    await renderConsole('/settings', {
      ...sampleAnswers,
      'admin.addMember': (input) => {
        sent.push(input);
        throw refusal({ httpStatus: 409, message: 'Taken.', details: [{ path: 'email', message: 'Somebody has this address.' }] });
      },
    });
    await userEvent.click(await screen.findByRole('button', { name: 'Add member' }));
    const dialog = await screen.findByRole('dialog', { name: 'Add a member' });
    await userEvent.type(within(dialog).getByLabelText('Name'), 'Grace');
    await userEvent.type(within(dialog).getByLabelText('E-mail address'), 'grace@example.com');
    await userEvent.type(within(dialog).getByLabelText('First password'), 'a long enough password');
    await userEvent.click(within(dialog).getByRole('button', { name: 'Add member' }));
    expect(await within(dialog).findByText('Somebody has this address.')).toBeVisible();
    expect(sent).toEqual([{ name: 'Grace', email: 'grace@example.com', role: 'viewer', password: 'a long enough password' }]);
  });

  test('is asked before a member is removed, and told what it means', async () => {
    const removed: unknown[] = [];
    await renderConsole('/settings', {
      ...sampleAnswers,
      'admin.removeMember': (input) => {
        removed.push(input);
        return { message: 'Member removed.' };
      },
    });
    await userEvent.click(await screen.findByRole('button', { name: 'Remove Vera Viewer' }));
    const dialog = await screen.findByRole('dialog', { name: 'Remove Vera Viewer?' });
    expect(dialog).toHaveTextContent('The tokens they created keep working');
    expect(removed).toEqual([]);
    await userEvent.click(within(dialog).getByRole('button', { name: 'Remove member' }));
    await waitFor(() => expect(removed).toEqual([{ id: viewer.id }]));
  });
});

test('a viewer sees the members and no control that changes them', async () => {
  await renderConsole('/settings', { ...sampleAnswers, 'admin.me': () => viewer });
  const members = await screen.findByRole('region', { name: 'Members' });
  expect(await within(members).findByText(admin.email)).toBeVisible();
  expect(within(members).queryByRole('button')).not.toBeInTheDocument();
  expect(within(members).queryByRole('combobox')).not.toBeInTheDocument();
});

test('what the configuration file says about tokens can be read (S2-173)', async () => {
  const rules = [{ endpoint: 'POST /products*', scopes: ['write'], permissions: ['files:read'], cost: 5 }];
  const limits = [
    { name: 'team', max: 10_000, windowMs: 60_000, algorithm: 'fixed' as const },
    { name: 'month', max: 100, windowMs: 3_600_000, algorithm: 'sliding' as const },
  ];
  await renderConsole('/settings', {
    ...sampleAnswers,
    'policy.read': () =>
      strictPolicy({
        rules,
        pools: [{ type: '*', limits }],
        apiKeyConfigIds: ['default', 'partner'],
        expiry: { ...samplePolicy().expiry, defaultSeconds: 90 * 86_400, maxSeconds: 365 * 86_400 },
      }),
  });
  const policy = within(await screen.findByRole('region', { name: 'Policy' }));
  expect(await policy.findByText('Look at everything.')).toBeVisible();
  expect(policy.getByText(/publishable: Scopes up to read · cannot be revoked/)).toBeVisible();
  expect(policy.getByText(/at most 10 tokens that are not over · each needs a name/)).toBeVisible();
  expect(policy.getByText('Offered: 7 days, 30 days, 90 days · by default 90 days · at most 365 days')).toBeVisible();
  expect(policy.getByText('needs write, files:read · costs 5')).toBeVisible();
  expect(policy.getByText('every other type · team: 10,000/min · month: 100/h, sliding')).toBeVisible();
  expect(policy.getByText('partner')).toBeVisible();
});

test('an old token secret is said to be needed as long as tokens are under it', async () => {
  await renderConsole('/settings', sampleAnswers);
  const card = within(await screen.findByRole('region', { name: 'Token secret' }));
  expect(await card.findByText(/^2 are under an old secret: leave it in the setting/)).toBeVisible();
  expect(card.getByText(/Imported and not used yet: 0 under SHA-256, 5 under bcrypt/)).toBeVisible();
  expect(card.getByRole('row', { name: 'No. 3 old 2' })).toBeVisible();
});

describe('expired tokens', () => {
  type Input = { expiredBefore: string; dryRun: boolean };
  const open = async (answers: Record<string, (input: Input) => unknown>) => {
    await renderConsole('/settings', { ...sampleAnswers, ...answers });
    return within(await screen.findByRole('region', { name: 'Expired tokens' }));
  };

  test('are counted first, and deleted only when that is confirmed, however many calls it takes', async () => {
    const passes = [[1, 2], [3]];
    const remove = vi.fn((input: Input) => {
      if (input.dryRun) return { ids: [1, 2, 3], more: false, dryRun: true };
      return { ids: passes.shift() ?? [], more: passes.length > 0, dryRun: false };
    });
    const card = await open({ 'token.deleteExpired': remove });
    await userEvent.click(card.getByRole('button', { name: 'Count them' }));
    expect(await card.findByText('3 tokens expired before then.')).toBeVisible();
    expect(remove.mock.calls.map(([{ dryRun }]) => dryRun)).toEqual([true]);
    await userEvent.click(card.getByRole('button', { name: 'Delete them…' }));
    const dialog = within(await screen.findByRole('dialog', { name: 'Delete 3 tokens?' }));
    await userEvent.click(dialog.getByRole('button', { name: 'Delete expired tokens' }));
    expect(await screen.findByText('3 expired tokens deleted.')).toBeVisible();
    expect(remove.mock.calls.map(([{ dryRun }]) => dryRun)).toEqual([true, false, false]);
  });

  test('of which there are none are no button', async () => {
    const card = await open({ 'token.deleteExpired': () => ({ ids: [], more: false, dryRun: true }) });
    await userEvent.click(card.getByRole('button', { name: 'Count them' }));
    expect(await card.findByText(/No token expired before/)).toBeVisible();
    expect(card.queryByRole('button', { name: /Delete/ })).not.toBeInTheDocument();
  });
});

test('says that Valkey is away, and what each gateway enforces meanwhile', async () => {
  const server = { version: '0.1.0', demo: false, sampleApi: true, rateLimitMode: 'share', gateways: 3, logRetentionDays: 30 };
  await renderConsole('/settings', { ...sampleAnswers, 'admin.server': () => server });
  expect(await screen.findByText('Valkey is away: each of 3 gateways enforces limit ÷ 3 by itself until it is back')).toBeVisible();
});
