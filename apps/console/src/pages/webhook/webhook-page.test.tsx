import { screen, waitFor, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { describe, expect, test } from 'vitest';
import { refusal } from '../../testing/answer-link.ts';
import { renderConsole } from '../../testing/render.tsx';
import { sampleAnswers, viewer } from '../../testing/sample-answers.ts';

const SECRET = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw';
const AT = '2026-11-22T12:00:00.000Z';

const webhook = {
  id: 3,
  url: 'https://ops.example.com/hooks',
  description: 'Ops channel',
  eventTypes: ['token.revoked', 'token.leaked'],
  active: true,
  disabledReason: null,
  failingSince: null,
  previousSecretUntil: null,
  createdBy: 'u1',
  createdAt: AT,
  updatedAt: AT,
  pending: 0,
  lastAttempt: { at: AT, statusCode: 200, error: null },
};
const delivery = {
  id: 41,
  webhookId: 3,
  eventId: 'evt_019aa0b1c2d37000800000000000000f',
  eventType: 'token.revoked',
  tokenId: 7,
  tokenName: 'ci-deploy',
  occurredAt: AT,
  status: 'failed',
  attempts: 2,
  nextAttemptAt: null,
  createdAt: AT,
  lastAttempt: { at: AT, statusCode: 500, error: null, durationMs: 120 },
};
const detail = {
  ...delivery,
  payload: { id: delivery.eventId, type: 'token.revoked', occurred_at: AT, data: { token: { id: 7, name: 'ci-deploy' } } },
  attemptLog: [
    { number: 2, at: AT, durationMs: 120, statusCode: 500, error: null, responseExcerpt: '<b>out of order</b>' },
    { number: 1, at: AT, durationMs: 10_000, statusCode: null, error: 'There was no answer within 10 seconds.', responseExcerpt: null },
  ],
};

const answers = {
  ...sampleAnswers,
  'webhook.list': () => ({ webhooks: [webhook], total: 1, limit: 50, offset: 0 }),
  'webhook.get': () => ({ webhook }),
  'webhook.deliveries': () => ({ deliveries: [delivery], total: 1, limit: 25, offset: 0 }),
  'webhook.delivery': () => ({ delivery: detail }),
};

describe('settings', () => {
  test('a webhook is added with chosen events, and its secret is shown once', async () => {
    const sent: unknown[] = [];
    await renderConsole('/settings', {
      ...sampleAnswers,
      'webhook.create': (input) => {
        sent.push(input);
        return { webhook, secret: SECRET, message: 'Webhook added.' };
      },
    });
    const card = await screen.findByRole('region', { name: 'Webhooks' });
    await userEvent.click(await within(card).findByRole('button', { name: 'Add webhook' }));
    const dialog = await screen.findByRole('dialog', { name: 'Add a webhook' });
    await userEvent.type(within(dialog).getByLabelText('Address'), 'https://ops.example.com/hooks');
    await userEvent.click(within(dialog).getByLabelText('Chosen events'));
    await userEvent.click(within(dialog).getByLabelText('token.leaked'));
    await userEvent.click(within(dialog).getByRole('button', { name: 'Add webhook' }));
    const reveal = await screen.findByRole('dialog', { name: 'Webhook added' });
    expect(within(reveal).getByTestId('webhook-secret')).toHaveTextContent(SECRET);
    expect(sent).toEqual([{ url: 'https://ops.example.com/hooks', description: null, eventTypes: ['token.leaked'] }]);
    await userEvent.click(within(reveal).getByText('Close'));
    expect(within(reveal).getByRole('alertdialog')).toHaveTextContent('You have not copied the secret');
    await userEvent.click(within(reveal).getByRole('button', { name: 'Close without the secret' }));
    await waitFor(() => expect(document.body).not.toHaveTextContent(SECRET));
  });

  test('an address that the server refuses is said at its field, and the input stays', async () => {
    await renderConsole('/settings', {
      ...sampleAnswers,
      'webhook.create': () => {
        throw refusal({
          httpStatus: 400,
          message: 'Invalid input',
          details: [{ path: 'url', message: '10.0.0.1 is not on the public internet.' }],
        });
      },
    });
    await userEvent.click(await screen.findByRole('button', { name: 'Add webhook' }));
    const dialog = await screen.findByRole('dialog', { name: 'Add a webhook' });
    const address = within(dialog).getByLabelText('Address');
    await userEvent.type(address, 'https://10.0.0.1/');
    await userEvent.click(within(dialog).getByRole('button', { name: 'Add webhook' }));
    expect(await within(dialog).findByText('10.0.0.1 is not on the public internet.')).toBeVisible();
    expect(address).toHaveValue('https://10.0.0.1/');
  });

  test('a viewer sees the webhooks and nothing to change them with', async () => {
    await renderConsole('/settings', { ...answers, 'admin.me': () => viewer });
    const card = await screen.findByRole('region', { name: 'Webhooks' });
    expect(await within(card).findByRole('link', { name: 'Ops channel' })).toBeVisible();
    expect(within(card).queryByRole('button', { name: 'Add webhook' })).not.toBeInTheDocument();
  });
});

describe('the page of a webhook', () => {
  test('shows what was sent, every attempt with what came back as plain text, and sends it again', async () => {
    const replayed: unknown[] = [];
    const { router } = await renderConsole('/settings/webhooks/3', {
      ...answers,
      'webhook.replay': (input) => {
        replayed.push(input);
        return { delivery: detail };
      },
    });
    await userEvent.click(await screen.findByRole('button', { name: 'Details of delivery 41' }));
    const drawer = await screen.findByRole('dialog', { name: 'Delivery' });
    expect(await within(drawer).findByText('<b>out of order</b>')).toBeVisible();
    expect(within(drawer).getByText('There was no answer within 10 seconds.')).toBeVisible();
    expect(within(drawer).getByRole('region', { name: 'Payload' })).toHaveTextContent('"type": "token.revoked"');
    expect(router.state.location.search).toMatchObject({ delivery: 41 });
    await userEvent.click(within(drawer).getByRole('button', { name: 'Send again' }));
    await waitFor(() => expect(replayed).toEqual([{ id: 41 }]));
  });

  test('leads back to the settings', async () => {
    const { router } = await renderConsole('/settings/webhooks/3', answers);
    await userEvent.click(await screen.findByRole('link', { name: 'Back to settings' }));
    await waitFor(() => expect(router.state.location.pathname).toBe('/settings'));
  });

  test('a test that was sent opens with its delivery', async () => {
    const { router } = await renderConsole('/settings/webhooks/3?status=failed', {
      ...answers,
      'webhook.test': () => ({ delivery: detail }),
    });
    await userEvent.click(await screen.findByRole('button', { name: 'Send test' }));
    expect(await screen.findByRole('dialog', { name: 'Delivery' })).toBeVisible();
    expect(router.state.location.search).not.toHaveProperty('status');
  });

  test('says why it was switched off by itself, and offers no test', async () => {
    const gone = { ...webhook, active: false, disabledReason: 'gone' };
    await renderConsole('/settings/webhooks/3', { ...answers, 'webhook.get': () => ({ webhook: gone }) });
    expect(await screen.findByText(/It answered 410 Gone/)).toBeVisible();
    expect(screen.getByRole('button', { name: 'Send test' })).toBeDisabled();
  });

  test('the filter is in the address and reaches the server', async () => {
    const asked: unknown[] = [];
    await renderConsole('/settings/webhooks/3?status=failed', {
      ...answers,
      'webhook.deliveries': (input) => {
        asked.push(input);
        return { deliveries: [], total: 0, limit: 25, offset: 0 };
      },
    });
    expect(await screen.findByText('No delivery matches')).toBeVisible();
    expect(asked[0]).toMatchObject({ id: 3, status: 'failed' });
  });

  test('of a webhook that is not there says so', async () => {
    await renderConsole('/settings/webhooks/99', {
      ...sampleAnswers,
      'webhook.get': () => {
        throw refusal({ httpStatus: 404, message: 'There is no webhook 99.' });
      },
    });
    expect(await screen.findByText('There is no such webhook')).toBeVisible();
  });
});
