import { screen, waitFor, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { describe, expect, it, vi } from 'vitest';
import { type Answers, refusal } from '../../testing/answer-link.ts';
import { renderConsole } from '../../testing/render.tsx';
import { accountAnswers, sampleList, sampleToken } from '../../testing/sample-token.ts';

const secret = `lk_live_${'a1B2c3'.repeat(7)}`;
const { sparkline: _sparkline, ...created } = sampleToken({ id: 7, name: 'reporting', health: 'never_used' });

function open(answers: Answers = {}, path = '/api-tokens/new', role: 'admin' | 'viewer' = 'admin') {
  return renderConsole(path, {
    ...accountAnswers(role),
    'usage.endpoints': () => ({ endpoints: [] }),
    'usage.requests': () => ({ requests: [], nextCursor: null }),
    'token.create': () => ({ token: { ...created, token: secret }, message: 'created' }),
    'token.get': () => ({ token: created }),
    'token.list': () => sampleList([]),
    ...answers,
  });
}

const nameField = () => screen.findByRole('textbox', { name: 'Name' });
const submit = () => userEvent.click(screen.getByRole('button', { name: 'Create token' }));

describe('the form', () => {
  it('says in a sentence what the token will be allowed to do', async () => {
    await open();
    await nameField();
    expect(screen.getByTestId('summary')).toHaveTextContent(/^Can call every endpoint · 100\/min · until \d+ \w+ \d{4}$/);
    await userEvent.click(screen.getByRole('radio', { name: 'Only endpoints that match a pattern' }));
    await userEvent.type(screen.getByRole('textbox', { name: 'Pattern 1' }), '/products*');
    await userEvent.click(screen.getByRole('radio', { name: 'Never' }));
    expect(screen.getByTestId('summary')).toHaveTextContent('Can call /products* · 100/min · never expires');
    expect(screen.getByText(/never expires stays dangerous/)).toBeVisible();
  });

  it('tries a request against the patterns as they are typed', async () => {
    await open();
    await userEvent.click(await screen.findByRole('radio', { name: 'Only endpoints that match a pattern' }));
    await userEvent.type(screen.getByRole('textbox', { name: 'Path to try' }), '/products/42');
    expect(screen.getByText('Refused')).toBeVisible();
    await userEvent.type(screen.getByRole('textbox', { name: 'Pattern 1' }), 'GET /products*');
    expect(screen.getByText('Allowed')).toBeVisible();
    await userEvent.selectOptions(screen.getByRole('combobox', { name: 'Method to try' }), 'POST');
    expect(screen.getByText('Refused')).toBeVisible();
  });

  it('moves the focus with the rows of patterns', async () => {
    await open();
    await userEvent.click(await screen.findByRole('radio', { name: 'Only endpoints that match a pattern' }));
    await userEvent.click(screen.getByRole('button', { name: 'Add pattern' }));
    await waitFor(() => expect(screen.getByRole('textbox', { name: 'Pattern 2' })).toHaveFocus());
    await userEvent.keyboard('/stores*');
    await userEvent.click(screen.getByRole('button', { name: 'Remove pattern 2' }));
    await waitFor(() => expect(screen.getByRole('textbox', { name: 'Pattern 1' })).toHaveFocus());
  });

  it('is kept when the session ends, and says what to do', async () => {
    await open({
      'token.create': () => {
        throw refusal({ httpStatus: 401, message: 'Sign in, or send an administrator JWT.' });
      },
    });
    await userEvent.type(await nameField(), 'reporting');
    await submit();
    expect(await screen.findByRole('dialog', { name: 'Your session has ended' })).toBeVisible();
    expect(screen.getByText('Your session has ended. Sign in, then try again.')).toBeInTheDocument();
    expect(screen.getByRole('textbox', { name: 'Name', hidden: true })).toHaveValue('reporting');
  });

  it('names what is wrong and moves to the first of it', async () => {
    const create = vi.fn();
    await open({ 'token.create': create });
    const name = await nameField();
    await userEvent.click(screen.getByRole('radio', { name: 'Only endpoints that match a pattern' }));
    await submit();
    expect(name).toHaveAccessibleDescription(/must not be blank/);
    expect(screen.getByRole('textbox', { name: 'Pattern 1' })).toHaveAccessibleDescription(/Add a pattern/);
    await waitFor(() => expect(name).toHaveFocus());
    expect(create).not.toHaveBeenCalled();
  });

  it('puts the server’s refusal beside its field, and keeps the input', async () => {
    const details = [{ path: 'expiresAt', message: 'expires_at must lie in the future.' }];
    const create = () => {
      throw refusal({ httpStatus: 400, code: 'VALIDATION_ERROR', message: 'Invalid input', details });
    };
    await open({ 'token.create': create });
    await userEvent.type(await nameField(), 'reporting');
    await submit();
    await waitFor(() => expect(screen.getByLabelText('Expires at')).toHaveAccessibleDescription(/must lie in the future/));
    expect(await nameField()).toHaveValue('reporting');
  });

  it('keeps the input when the server cannot be reached', async () => {
    const create = () => {
      throw refusal({ httpStatus: 503, message: 'away' });
    };
    await open({ 'token.create': create });
    await userEvent.type(await nameField(), 'reporting');
    await submit();
    expect(await screen.findByText('Nothing was created')).toBeVisible();
    expect(await nameField()).toHaveValue('reporting');
  });

  it('starts with the settings of another token', async () => {
    const create = vi.fn(() => ({ token: { ...created, token: secret }, message: 'created' }));
    const source = { ...created, name: 'partner', allowedEndpoints: ['/stores/*'], rateLimit: 30, rateLimitWindowMs: 3_600_000 };
    await open({ 'token.get': () => ({ token: source }), 'token.create': create }, '/api-tokens/new?copyOf=7');
    expect(await nameField()).toHaveValue('partner (copy)');
    await submit();
    await waitFor(() =>
      expect(create).toHaveBeenCalledWith(
        expect.objectContaining({ name: 'partner (copy)', allowedEndpoints: ['/stores/*'], rateLimit: 30, rateLimitWindowMs: 3_600_000 }),
      ),
    );
  });

  it('is not open to viewers', async () => {
    await open({}, '/api-tokens/new', 'viewer');
    expect(await screen.findByText('Not open to your role')).toBeVisible();
  });
});

describe('the secret', () => {
  async function create(answers: Answers = {}) {
    const view = await open(answers);
    await userEvent.type(await nameField(), 'reporting');
    await submit();
    return { ...view, dialog: await screen.findByRole('dialog') };
  }

  it('is shown, and kept in no cache', async () => {
    const { dialog, queryClient, router } = await create();
    expect(within(dialog).getByTestId('secret')).toHaveTextContent(secret);
    await waitFor(() => expect(queryClient.getMutationCache().getAll()).toHaveLength(0));
    const queries = queryClient.getQueryCache().getAll();
    expect(JSON.stringify(queries.map(({ queryKey, state }) => [queryKey, state.data]))).not.toContain(secret);
    expect(router.state.location.href).not.toContain('lk_live');
  });

  it('is not let go uncopied without a question', async () => {
    const { dialog, router } = await create();
    await userEvent.keyboard('{Escape}');
    expect(within(dialog).getByRole('alertdialog')).toHaveTextContent('You have not copied the secret');
    await userEvent.click(within(dialog).getByRole('button', { name: 'Go back' }));
    void router.navigate({ to: '/api-tokens' });
    await waitFor(() => expect(within(dialog).getByTestId('secret')).toBeVisible());
    expect(router.state.location.pathname).toBe('/api-tokens/new');
    await userEvent.keyboard('{Escape}');
    await userEvent.click(within(dialog).getByRole('button', { name: 'Close without the secret' }));
    await waitFor(() => expect(router.state.location.pathname).toBe('/api-tokens/7'));
  });

  it('once copied may be closed; only then are lists fetched anew', async () => {
    const clipboard = userEvent.setup();
    const { dialog, router, queryClient } = await create();
    const invalidate = vi.spyOn(queryClient, 'invalidateQueries');
    await clipboard.click(within(dialog).getByRole('button', { name: 'Copy secret' }));
    expect(await navigator.clipboard.readText()).toBe(secret);
    expect(invalidate).not.toHaveBeenCalled();
    await clipboard.click(await within(dialog).findByRole('button', { name: 'Done' }));
    await waitFor(() => expect(router.state.location.pathname).toBe('/api-tokens/7'));
    expect(invalidate).toHaveBeenCalled();
    expect(document.body.innerHTML).not.toContain(secret);
  });

  it('waits for the first request, and says how it went', async () => {
    const request = {
      id: '1',
      tokenId: 7,
      tokenName: 'reporting',
      at: '2026-11-22T10:00:00.000Z',
      method: 'GET',
      endpoint: '/products',
      path: '/products',
      status: 200,
      responseTimeMs: 12,
      requestBytes: 0,
      responseBytes: 10,
      ipAddress: null,
      userAgent: null,
      outcome: 'VALID',
      requestId: 'r1',
    };
    const requests = vi.fn(() => ({ requests: requests.mock.calls.length < 2 ? [] : [request], nextCursor: null }));
    const { dialog } = await create({ 'usage.requests': requests });
    expect(within(dialog).getByText(/Waiting for the first request/)).toBeVisible();
    expect(await within(dialog).findByText('First request received', {}, { timeout: 5_000 })).toBeVisible();
  });
});
