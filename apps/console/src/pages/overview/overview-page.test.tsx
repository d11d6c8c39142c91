import { screen, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { describe, expect, test } from 'vitest';
import { refusal } from '../../testing/answer-link.ts';
import { renderConsole } from '../../testing/render.tsx';
import { sampleAnswers } from '../../testing/sample-answers.ts';

describe('with traffic', () => {
  test('figures come first, and choosing one changes the chart and the address', async () => {
    const { router } = await renderConsole('/', sampleAnswers);
    expect(await screen.findByRole('button', { name: /^Requests ?2,400/, pressed: true })).toBeVisible();
    await userEvent.click(screen.getByRole('button', { name: /^Success rate ?90 %/ }));
    expect(await screen.findByRole('heading', { level: 2, name: 'Success rate per hour' })).toBeVisible();
    expect(router.state.location.search).toEqual({ metric: 'success' });
  });

  test('a token that needs attention is linked', async () => {
    await renderConsole('/', sampleAnswers);
    const card = await screen.findByRole('region', { name: 'Needs attention' });
    expect(await within(card).findByRole('link', { name: 'ci-deploy' })).toHaveAttribute('href', '/api-tokens/7');
  });

  test('the chart says its message in a sentence, and shows its numbers as a table', async () => {
    await renderConsole('/?tz=UTC', sampleAnswers);
    const chart = await screen.findByRole('group', { name: 'Requests by outcome' });
    expect(chart).toHaveTextContent(/2,400 requests, 90 % ok, 120 over the rate limit/);
    await userEvent.click(within(chart).getByRole('switch', { name: 'View as table' }));
    expect(within(chart).getAllByRole('row')).toHaveLength(25);
  });
});

describe('without traffic', () => {
  const noTokens = { all: 0, active: 0, disabled: 0, expired: 0, revoked: 0 };

  test('the first steps are shown until the first request', async () => {
    await renderConsole('/', { ...sampleAnswers, 'token.list': () => ({ tokens: [], total: 0, limit: 1, offset: 0, counts: noTokens }) });
    const steps = await screen.findByRole('region', { name: 'First steps' });
    expect(within(steps).getByText(/curl -H/)).toBeVisible();
  });
});

test('a failure names its reason and request, and can be tried again', async () => {
  let away = true;
  await renderConsole('/', {
    ...sampleAnswers,
    'usage.attention': () => {
      if (away) throw refusal({ httpStatus: 409, message: 'The figures are being moved.', requestId: 'req_42' });
      return { items: [] };
    },
  });
  const card = await screen.findByRole('region', { name: 'Needs attention' });
  expect(await within(card).findByRole('alert')).toHaveTextContent('The figures are being moved.');
  expect(card).toHaveTextContent('req_42');
  away = false;
  await userEvent.click(within(card).getByRole('button', { name: 'Try again' }));
  expect(await within(card).findByText('Nothing needs attention')).toBeVisible();
});
