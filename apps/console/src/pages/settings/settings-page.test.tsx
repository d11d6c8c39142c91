import { screen, waitFor, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { describe, expect, test } from 'vitest';
import { refusal } from '../../testing/answer-link.ts';
import { renderConsole } from '../../testing/render.tsx';
import { admin, sampleAnswers, viewer } from '../../testing/sample-answers.ts';

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
