import { screen, waitFor, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { describe, expect, it, vi } from 'vitest';
import { type Answers, refusal } from '../../testing/answer-link.ts';
import { renderConsole } from '../../testing/render.tsx';
import { samplePolicy, strictPolicy } from '../../testing/sample-policy.ts';
import { accountAnswers, sampleList, sampleToken } from '../../testing/sample-token.ts';

const { sparkline: _sparkline, ...created } = sampleToken({ id: 7 });

async function open(answers: Answers = {}, path = '/api-tokens/new') {
  const create = vi.fn((_input: Record<string, unknown>) => ({ token: { ...created, token: 'sk_live_x' }, message: 'created' }));
  await renderConsole(path, {
    ...accountAnswers(),
    'policy.read': () => strictPolicy(),
    'usage.endpoints': () => ({ endpoints: [] }),
    'usage.requests': () => ({ requests: [], nextCursor: null }),
    'token.create': create,
    'token.get': () => ({ token: created }),
    'token.list': () => sampleList([]),
    ...answers,
  });
  await screen.findByRole('textbox', { name: 'Name' });
  return { create };
}

const fold = (name: RegExp) => screen.getByRole('button', { name, expanded: false });
const submit = () => userEvent.click(screen.getByRole('button', { name: 'Create token' }));

describe('key types and environments', () => {
  it('say what they mean, and how the secret will begin (S2-148, S2-173)', async () => {
    await open();
    expect(screen.getByText('sk_live_')).toBeVisible();
    await userEvent.click(screen.getByRole('radio', { name: 'publishable' }));
    expect(screen.getByText('pk_live_')).toBeVisible();
    expect(screen.getByText(/Scopes up to read · cannot be revoked/)).toBeVisible();
    await userEvent.click(screen.getByText('Test'));
    expect(screen.getByText('pk_test_')).toBeVisible();
  });

  it('are no question where the deployment has none (S2-149)', async () => {
    await open({ 'policy.read': () => samplePolicy({ environments: [{ name: 'live', prefix: 'acme_' }] }) });
    expect(screen.queryByText('Key type')).not.toBeInTheDocument();
    expect(screen.queryByText('Environment')).not.toBeInTheDocument();
    expect(screen.getByText('acme_')).toBeVisible();
  });
});

describe('scopes', () => {
  it('start with the defaults; those above the type’s ceiling are barred with the reason (S2-119, S2-144, S2-180)', async () => {
    const { create } = await open();
    const boxes = within(screen.getByRole('group', { name: 'Scopes' }));
    expect(boxes.getByRole('checkbox', { name: 'read' })).toBeChecked();
    await userEvent.click(boxes.getByRole('checkbox', { name: 'write' }));
    expect(screen.getByTestId('summary')).toHaveTextContent('Can call every endpoint with read and write');
    await userEvent.click(screen.getByRole('radio', { name: 'publishable' }));
    expect(boxes.getByRole('checkbox', { name: 'write' })).toBeDisabled();
    expect(boxes.getByText(/Tokens of type “publishable” cannot hold it/)).toBeVisible();
    expect(screen.getByTestId('summary')).toHaveTextContent('Can call every endpoint with read ·');
    await userEvent.type(screen.getByRole('textbox', { name: 'Name' }), 'shop');
    await submit();
    await waitFor(() => expect(create).toHaveBeenCalled());
    expect(create.mock.lastCall?.[0]).toMatchObject({ keyType: 'publishable', environment: 'live', expiresAtPreset: '90_days' });
  });
});

describe('what most tokens do without', () => {
  it('is folded away, and copied with the token it is copied from', async () => {
    const source = {
      ...created,
      ownerType: 'user',
      ownerId: '42',
      scopes: ['write'],
      permissions: { files: ['read'] },
      metadata: { team: 'payments' },
      notBefore: '2027-01-01T00:00:00.000Z',
      keyType: 'secret',
      environment: 'test',
    };
    const { create } = await open({ 'token.get': () => ({ token: source }) }, '/api-tokens/new?copyOf=7');
    expect(screen.queryByRole('textbox', { name: 'Owner id' })).not.toBeInTheDocument();
    expect(fold(/Owner user 42/)).toBeVisible();
    expect(fold(/Permissions files: read/)).toBeVisible();
    expect(screen.getByTestId('summary')).toHaveTextContent(/with write and files:read · for user 42 · 600\/min · from 1 Jan 2027/);
    await submit();
    await waitFor(() => expect(create).toHaveBeenCalled());
    expect(create.mock.lastCall?.[0]).toMatchObject({
      ownerType: 'user',
      ownerId: '42',
      keyType: 'secret',
      environment: 'test',
      scopes: ['write'],
      permissions: { files: ['read'] },
      metadata: { team: 'payments' },
      notBefore: '2027-01-01T00:00:00.000Z',
    });
  });

  it('says how many of their tokens an owner has, before one more is asked for (S2-006, S2-128)', async () => {
    const list = vi.fn(() => ({ ...sampleList([]), counts: { all: 12, active: 9, disabled: 1, expired: 2, revoked: 0 } }));
    await open({ 'token.list': list });
    await userEvent.click(fold(/^Owner/));
    await userEvent.type(screen.getByRole('combobox', { name: 'Owner type' }), 'user');
    await userEvent.type(screen.getByRole('textbox', { name: 'Owner id' }), '42');
    expect(await screen.findByText('10 of 10 active tokens. This owner can have no more: revoke one first.')).toBeVisible();
    expect(list).toHaveBeenCalledWith(expect.objectContaining({ ownerType: 'user', ownerId: '42' }));
  });

  it('opens at a fault, and its field takes the focus', async () => {
    const { create } = await open();
    await userEvent.type(screen.getByRole('textbox', { name: 'Name' }), 'shop');
    await userEvent.click(fold(/^Metadata/));
    await userEvent.type(screen.getByRole('textbox', { name: 'Metadata' }), 'nothing');
    await userEvent.click(screen.getByRole('button', { name: /^Metadata/, expanded: true }));
    await submit();
    const field = await screen.findByRole('textbox', { name: 'Metadata' });
    await waitFor(() => expect(field).toHaveFocus());
    expect(field).toHaveAccessibleDescription(/This is not JSON yet/);
    expect(create).not.toHaveBeenCalled();
  });

  it('opens at what the server refuses, too', async () => {
    const details = [{ path: 'ownerId', message: 'There is no such user.' }];
    await open({
      'token.create': () => {
        throw refusal({ httpStatus: 400, code: 'VALIDATION_ERROR', message: 'Invalid input', details });
      },
    });
    await userEvent.type(screen.getByRole('textbox', { name: 'Name' }), 'shop');
    await submit();
    const field = await screen.findByRole('textbox', { name: 'Owner id' });
    await waitFor(() => expect(field).toHaveFocus());
    expect(field).toHaveAccessibleDescription(/There is no such user/);
  });
});
