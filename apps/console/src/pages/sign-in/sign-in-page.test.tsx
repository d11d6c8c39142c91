import { screen, waitFor } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { afterEach, expect, test, vi } from 'vitest';
import { renderConsole } from '../../testing/render.tsx';
import { sampleAnswers } from '../../testing/sample-answers.ts';
import { signInSearchSchema } from './sign-in-search.ts';

afterEach(() => vi.unstubAllGlobals());

function answerSignIn(response: () => Response | Promise<Response>) {
  vi.stubGlobal('fetch', () => Promise.resolve(response()));
}

async function submit(password: string) {
  await userEvent.type(await screen.findByLabelText('E-mail address'), 'ada@example.com');
  const field = screen.getByLabelText('Password');
  await userEvent.click(field);
  await userEvent.paste(password);
  await userEvent.click(screen.getByRole('button', { name: 'Sign in' }));
}

test('leads to the page that was asked for, with a pasted password', async () => {
  answerSignIn(() => Response.json({}));
  const { router } = await renderConsole('/sign-in?returnTo=%2Fsettings', sampleAnswers);
  await submit('correct horse battery');
  await waitFor(() => expect(router.state.location.pathname).toBe('/settings'));
});

test('a wrong password says so and does not say which of the two was wrong', async () => {
  answerSignIn(() => Response.json({ code: 'INVALID_EMAIL_OR_PASSWORD' }, { status: 401 }));
  await renderConsole('/sign-in', sampleAnswers);
  await submit('wrong');
  expect(await screen.findByRole('alert')).toHaveTextContent('E-mail address or password is wrong.');
});

test.each([
  ['42', 'Try again in 42 seconds.'],
  ['896', 'Try again in 15 minutes.'],
])('too many attempts say when to try again: %s s', async (seconds, text) => {
  answerSignIn(() => new Response('{}', { status: 429, headers: { 'retry-after': seconds } }));
  await renderConsole('/sign-in', sampleAnswers);
  await submit('wrong');
  expect(await screen.findByRole('alert')).toHaveTextContent(text);
});

test('a server that is away is not called a wrong password', async () => {
  answerSignIn(() => Promise.reject(new TypeError('Failed to fetch')));
  await renderConsole('/sign-in', sampleAnswers);
  await submit('correct horse battery');
  expect(await screen.findByRole('alert')).toHaveTextContent('Latchkey did not answer.');
});

test.each(['//evil.example', '/\\evil.example', 'https://evil.example', 'javascript:alert(1)'])('never returns to %s', (returnTo) => {
  expect(signInSearchSchema.parse({ returnTo })).toEqual({ returnTo: undefined });
});
