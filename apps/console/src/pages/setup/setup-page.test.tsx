import { screen, waitFor } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { afterEach, expect, test, vi } from 'vitest';
import { refusal } from '../../testing/answer-link.ts';
import { renderConsole } from '../../testing/render.tsx';
import { sampleAnswers } from '../../testing/sample-answers.ts';
import { readSetupToken } from './read-setup-token.ts';

const needed = { ...sampleAnswers, 'admin.setupState': () => ({ needed: true }) };

afterEach(() => {
  vi.unstubAllGlobals();
  window.location.hash = '';
});

async function fillIn() {
  await userEvent.type(await screen.findByLabelText('Your name'), 'Ada');
  await userEvent.type(screen.getByLabelText('E-mail address'), 'ada@example.com');
  await userEvent.type(screen.getByLabelText('Password'), 'correct horse battery');
  await userEvent.click(screen.getByRole('button', { name: 'Create the account' }));
}

test('the token of the link is sent, leaves the address, and the new administrator is signed in', async () => {
  window.location.hash = '#token=once-only';
  const signIns: unknown[] = [];
  vi.stubGlobal('fetch', (path: string, init: RequestInit) => {
    signIns.push([path, JSON.parse(String(init.body))]);
    return Promise.resolve(Response.json({}));
  });
  const sent: unknown[] = [];
  const { router } = await renderConsole('/setup', {
    ...needed,
    'admin.completeSetup': (input) => {
      sent.push(input);
      return { member: {} };
    },
  });
  await fillIn();
  await waitFor(() => expect(router.state.location.pathname).toBe('/'));
  expect(window.location.hash).toBe('');
  expect(sent).toEqual([{ setupToken: 'once-only', name: 'Ada', email: 'ada@example.com', password: 'correct horse battery' }]);
  expect(signIns).toEqual([['/api/auth/sign-in/email', { email: 'ada@example.com', password: 'correct horse battery' }]]);
});

test('a link that is used up says so, and what was typed stays', async () => {
  window.location.hash = '#token=stale';
  await renderConsole('/setup', {
    ...needed,
    'admin.completeSetup': () => {
      throw refusal({ httpStatus: 403, message: 'This link has expired. Restart Latchkey for a new one.' });
    },
  });
  await fillIn();
  expect(await screen.findByRole('alert')).toHaveTextContent('This link has expired.');
  expect(screen.getByLabelText('E-mail address')).toHaveValue('ada@example.com');
});

test('once there is an account, the form is gone', async () => {
  await renderConsole('/setup', sampleAnswers);
  expect(await screen.findByRole('heading', { name: 'Latchkey is set up' })).toBeVisible();
});

test.each([
  ['#token=abc', 'abc'],
  ['http://127.0.0.1:3010/setup#token=abc', 'abc'],
  ['  abc ', 'abc'],
  ['', null],
  ['#', null],
])('the set-up token of %j is %j', (text, token) => {
  expect(readSetupToken(text)).toBe(token);
});
