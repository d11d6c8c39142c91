import { screen, waitFor } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { describe, expect, test } from 'vitest';
import { renderUi } from '../testing/render.tsx';
import { CopyButton } from './copy-button.tsx';

test('says so once the clipboard has the text', async () => {
  const user = userEvent.setup();
  await renderUi(<CopyButton value="abc 1" label="Copy id" />);
  await user.click(screen.getByRole('button', { name: 'Copy id' }));
  await waitFor(() => expect(screen.getByRole('status')).toHaveTextContent('Copied'));
  expect(await navigator.clipboard.readText()).toBe('abc 1');
});

describe('on a page without TLS', () => {
  /** Browsers leave the clipboard out there; jsdom knows no commands. */
  async function pressWith(command: () => boolean) {
    Object.defineProperty(navigator, 'clipboard', { value: undefined, configurable: true });
    Object.defineProperty(document, 'execCommand', { value: command, configurable: true });
    await renderUi(<CopyButton value="abc 1" label="Copy id" />);
    screen.getByRole('button', { name: 'Copy id' }).click();
  }

  test('the text is selected and copied by the old command, and leaves nothing behind', async () => {
    let selected = '';
    await pressWith(() => {
      selected = String(window.getSelection());
      return true;
    });
    await waitFor(() => expect(screen.getByRole('status')).toHaveTextContent('Copied'));
    expect(selected).toBe('abc 1');
    expect(screen.queryByText('abc 1')).not.toBeInTheDocument();
  });

  test('a browser that refuses is not called a success', async () => {
    await pressWith(() => false);
    await waitFor(() => expect(screen.getByRole('status')).toHaveTextContent(/^Not copied/));
  });
});
