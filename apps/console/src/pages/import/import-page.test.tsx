import { screen, waitFor, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { describe, expect, it, vi } from 'vitest';
import { type Answers, refusal } from '../../testing/answer-link.ts';
import { renderConsole } from '../../testing/render.tsx';
import { accountAnswers, sampleList } from '../../testing/sample-token.ts';

const TOKEN = 'legacy_0123456789abcdefWXYZ';
const LIST = `name,key,owner_type,owner_id,colour\nci-deploy,${TOKEN},user,42,red\nbroken,short,,,\n`;

interface Input {
  rows: Record<string, unknown>[];
  dryRun: boolean;
}

/** The second row of the list is wrong, all others are fine. */
function report({ rows, dryRun }: Input) {
  const reports = rows.map((row, index) =>
    row.name === 'broken'
      ? { row: index + 1, status: 'failed', id: null, message: 'token: A token must be 16 to 512 characters.' }
      : { row: index + 1, status: 'imported', id: dryRun ? null : 70 + index, message: dryRun ? 'Would be imported.' : 'Imported.' },
  );
  const count = (status: string) => reports.filter((each) => each.status === status).length;
  const effective = dryRun ? null : { gateways: 3, acknowledged: 3, ms: 41, silent: [] };
  return { dryRun, imported: count('imported'), skipped: 0, failed: count('failed'), rows: reports, effective };
}

async function open(answers: Answers = {}, role: 'admin' | 'viewer' = 'admin') {
  const send = vi.fn(report);
  const view = await renderConsole('/api-tokens/import', {
    ...accountAnswers(role),
    'token.list': () => sampleList([]),
    'token.import': send,
    ...answers,
  });
  return { ...view, send };
}

async function paste(text: string) {
  await userEvent.click(await screen.findByRole('textbox', { name: 'Paste it here' }));
  await userEvent.paste(text);
  await userEvent.click(screen.getByRole('button', { name: 'Read the list' }));
}

describe('a list of tokens', () => {
  it('is read in the browser: what its columns mean is guessed, and tokens are masked', async () => {
    const { send } = await open();
    await paste(LIST);
    expect(await screen.findByRole('combobox', { name: '“key” stands for' })).toHaveValue('token');
    expect(screen.getByRole('combobox', { name: '“owner_id” stands for' })).toHaveValue('ownerId');
    expect(screen.getByRole('combobox', { name: '“colour” stands for' })).toHaveValue('');
    expect(screen.getByText('••••WXYZ')).toBeVisible();
    expect(document.body.innerHTML).not.toContain(TOKEN);
    expect(send).not.toHaveBeenCalled();
  });

  it('is checked first, then imported, with a report on every row', async () => {
    const { send } = await open();
    await paste(LIST);
    await userEvent.click(await screen.findByRole('button', { name: 'Check without importing' }));
    const dry = within(await screen.findByRole('region', { name: 'What would happen' }));
    expect(dry.getByText('1 token would be imported, 1 row is wrong.')).toBeVisible();
    expect(dry.getByText('token: A token must be 16 to 512 characters.')).toBeVisible();
    expect(dry.queryByText(/^Effective on/)).not.toBeInTheDocument();
    const rows = [
      { name: 'ci-deploy', token: TOKEN, ownerType: 'user', ownerId: '42' },
      { name: 'broken', token: 'short' },
    ];
    expect(send).toHaveBeenLastCalledWith({ rows, dryRun: true });
    await userEvent.click(screen.getByRole('button', { name: 'Import 1 token' }));
    const done = within(await screen.findByRole('region', { name: 'Imported' }));
    expect(send).toHaveBeenLastCalledWith({ rows, dryRun: false });
    expect(done.getByRole('link', { name: 'ci-deploy' })).toHaveAttribute('href', '/api-tokens/70');
    expect(done.getByText('Effective on 3 of 3 gateways in 41 ms.')).toBeVisible();
  });

  it('is kept in no cache, and not in the URL', async () => {
    const { queryClient, router } = await open();
    await paste(LIST);
    await userEvent.click(await screen.findByRole('button', { name: 'Check without importing' }));
    await screen.findByRole('region', { name: 'What would happen' });
    await waitFor(() => expect(queryClient.getMutationCache().getAll()).toHaveLength(0));
    const queries = queryClient.getQueryCache().getAll();
    expect(JSON.stringify(queries.map(({ queryKey, state }) => [queryKey, state.data]))).not.toContain(TOKEN);
    expect(router.state.location.href).toBe('/api-tokens/import');
    expect(JSON.stringify({ ...localStorage, ...sessionStorage })).not.toContain(TOKEN);
  });

  it('goes in parts where it is long, and the rows keep their numbers', async () => {
    const { send } = await open();
    const lines = Array.from({ length: 450 }, (_, index) => `token-${index},legacy_${String(index).padStart(20, '0')}`);
    await paste(`name,token\n${lines.join('\n')}\nbroken,x`);
    await userEvent.click(await screen.findByRole('button', { name: 'Check without importing' }));
    expect(await screen.findByText('450 tokens would be imported, 1 row is wrong.')).toBeVisible();
    expect(send.mock.calls.map(([{ rows }]) => rows.length)).toEqual([200, 200, 51]);
    expect(screen.getAllByRole('row')).toContainEqual(screen.getByRole('row', { name: /^451 broken/ }));
  });

  it('that cannot be read says why, at its field', async () => {
    await open();
    await paste('[1, 2]');
    expect(screen.getByRole('textbox', { name: 'Paste it here' })).toHaveAccessibleDescription(/list of objects/);
  });

  it('without tokens or hashes is not sent', async () => {
    await open();
    await paste('name,colour\na,red');
    expect(await screen.findByText('Say which column has the tokens or their hashes.')).toBeVisible();
    expect(screen.getByRole('button', { name: 'Check without importing' })).toBeDisabled();
  });

  it('that stops half way says what to do', async () => {
    const fail = () => {
      throw refusal({ httpStatus: 503, message: 'away' });
    };
    await open({ 'token.import': fail });
    await paste(LIST);
    await userEvent.click(await screen.findByRole('button', { name: 'Check without importing' }));
    expect(await screen.findByText('The import stopped')).toBeVisible();
    expect(screen.getByText(/import the same list again to go on/)).toBeVisible();
  });
});

it('is not open to viewers', async () => {
  await open({}, 'viewer');
  expect(await screen.findByText('Not open to your role')).toBeVisible();
});
