import '@testing-library/jest-dom/vitest';
import { render, screen, waitFor, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { StrictMode } from 'react';
import { beforeAll, describe, expect, it } from 'vitest';
import { PortalError } from '../client/portal-error.ts';
import { aPortalForm, aPortalKey, aPortalView, createMemoryPortal, TEXT } from '../testing/memory-portal.ts';
import { ApiKeysPortal, type ApiKeysPortalProps } from './api-keys-portal.tsx';

beforeAll(() => {
  // jsdom has the element, but neither of its methods.
  HTMLDialogElement.prototype.showModal ??= function showModal(this: HTMLDialogElement) {
    this.open = true;
  };
  HTMLDialogElement.prototype.close ??= function close(this: HTMLDialogElement) {
    this.open = false;
  };
});

function show(options: Parameters<typeof createMemoryPortal>[0] = {}, props: Partial<ApiKeysPortalProps> = {}) {
  const portal = createMemoryPortal(options);
  const view = render(
    <StrictMode>
      <ApiKeysPortal client={portal.client} {...props} />
    </StrictMode>,
  );
  return { ...portal, ...view, user: userEvent.setup() };
}

const button = (name: string | RegExp) => screen.findByRole('button', { name });
const heading = (name: string | RegExp) => screen.findByRole('heading', { name, level: 1 });
const refusal = (code: string, message: string, details: { path: string; message: string }[] = []) =>
  new PortalError({ status: code === 'UNAUTHENTICATED' ? 401 : 400, code, message, details, requestId: 'r-1' });

describe('the list', () => {
  it('shows name or "Unnamed key", the masked key, type, environment and status', async () => {
    show({ keys: [aPortalKey(), aPortalKey({ id: 8, name: null, environment: null, keyType: null, prefix: 'ak_', last4: 'zzzz' })] });
    const named = await screen.findByRole('row', { name: /Production Server/ });
    for (const text of ['sk_live_••••abc1', 'Secret', 'Live', 'Active']) within(named).getByText(text);
    const unnamed = screen.getByRole('row', { name: /Unnamed key/ });
    for (const text of ['ak_••••zzzz', 'Default']) within(unnamed).getByText(text);
    expect(within(unnamed).queryByText('Secret')).toBeNull();
  });

  it('colours each status: active green, revoked red, expired gray', async () => {
    const of = (id: number, status: 'active' | 'disabled' | 'expired' | 'revoked') => aPortalKey({ id, status, name: `key ${id}` });
    show({ keys: [of(1, 'active'), of(2, 'disabled'), of(3, 'expired'), of(4, 'revoked')] });
    await screen.findByRole('row', { name: /key 4/ });
    const colors = { Active: 'green', Disabled: 'yellow', Expired: 'gray', Revoked: 'red' };
    for (const [label, color] of Object.entries(colors)) expect(screen.getByText(label)).toHaveAttribute('data-color', color);
  });

  it('has inactive keys in a table of their own, without Edit and Revoke', async () => {
    show({ keys: [aPortalKey({ status: 'expired' })] });
    const inactive = await screen.findByRole('table', { name: 'Inactive secret keys' });
    within(inactive).getByRole('button', { name: 'Usage of Production Server' });
    expect(screen.queryByRole('button', { name: /^(Edit|Revoke)/ })).toBeNull();
    screen.getByText('You have no active secret key.');
  });

  it('has no Revoke where a key cannot be revoked, and none of what the session may not', async () => {
    const { unmount } = show({ keys: [aPortalKey({ revocable: false })] });
    await button('Edit Production Server');
    expect(screen.queryByRole('button', { name: /^Revoke/ })).toBeNull();
    unmount();
    show({ keys: [aPortalKey()], view: aPortalView({ actions: [], secret: { canCreate: false }, publishable: { canCreate: false } }) });
    await button('Usage of Production Server');
    expect(screen.queryByRole('button', { name: /^(Edit|Revoke|Create)/ })).toBeNull();
  });

  it('has no button to create where the limit is reached, and says so', async () => {
    show({ view: aPortalView({ secret: { canCreate: false } }) });
    await screen.findByText(/You have as many keys as you may have/);
    expect(screen.queryByRole('button', { name: 'Create new key' })).toBeNull();
  });

  it('shows 50 keys, and then more', async () => {
    const keys = Array.from({ length: 60 }, (_, index) => aPortalKey({ id: index + 1, name: `key ${index + 1}` }));
    const { user } = show({ keys });
    await user.click(await button('Show more (50 of 60)'));
    await screen.findByRole('row', { name: /key 60/ });
    expect(screen.queryByRole('button', { name: /Show more/ })).toBeNull();
  });

  it('says what went wrong where it can not be loaded, and tries again', async () => {
    const { user, asked } = show({ refuse: { listKeys: refusal('TEMPORARILY_UNAVAILABLE', 'The database is away.') } });
    const [alert] = await screen.findAllByRole('alert');
    expect(alert).toHaveTextContent('We could not load your publishable key. The database is away. Request r-1');
    const before = asked.length;
    await user.click(within(alert as HTMLElement).getByRole('button', { name: 'Try again' }));
    expect(asked.length).toBeGreaterThan(before);
  });
});

describe('the publishable key', () => {
  it('is made with one button, shown masked with its mode, and in full when asked', async () => {
    const { user } = show();
    await user.click(await button('Create Publishable Key'));
    await screen.findByText('Publishable key created!');
    await screen.findByText('SDK Key');
    screen.getByText('Live mode');
    screen.getByText('pk_live_••••abc1');
    expect(screen.queryByRole('button', { name: /Revoke/ })).toBeNull();
    await user.click(await button('Show SDK Key'));
    await screen.findByText(`pk_live_${'b'.repeat(42)}`);
  });

  it.each([
    ['LIMIT_REACHED', 'You already have a publishable key.', 'You already have a publishable key.'],
    ['VALIDATION_ERROR', 'Invalid input', 'Failed to create key. Invalid input'],
  ])('that can not be made (%s) says why', async (code, message, text) => {
    const { user } = show({ refuse: { createPublishableKey: refusal(code, message) } });
    await user.click(await button('Create Publishable Key'));
    expect(await screen.findByRole('alert')).toHaveTextContent(text);
  });
});

describe('a new key', () => {
  it('is made from name, scopes – all ticked – and a preset, and its text is shown once', async () => {
    const { user, asked } = show();
    await user.click(await button('Create new key'));
    await heading('Create API key');
    await user.type(await screen.findByPlaceholderText('e.g., Production Server'), 'CI');
    for (const box of screen.getAllByRole('checkbox')) expect(box).toBeChecked();
    await user.click(screen.getByRole('checkbox', { name: /write/ }));
    expect(screen.getByRole('combobox', { name: 'Expiration' })).toHaveValue('no_expiration');
    await user.selectOptions(screen.getByRole('combobox'), '7 days');
    await user.click(await button('Create key'));
    await heading('API key created');
    expect(asked).toContainEqual(['createKey', { name: 'CI', scopes: ['read'], expiresAtPreset: '7_days' }]);
    const field = screen.getByRole('textbox', { name: /Your new key/ });
    expect(field).toHaveValue(TEXT);
    expect(field).toHaveAttribute('readonly');
    screen.getByText('Live mode');
    screen.getByText('it is shown only once');
    await user.click(screen.getByRole('button', { name: 'Copy token' }));
    await screen.findByRole('button', { name: 'Copy token' });
    expect(await navigator.clipboard.readText()).toBe(TEXT);
  });

  it('has been taken from the server by the time it is shown', async () => {
    const { user, client } = show();
    await user.click(await button('Create new key'));
    await user.click(await button('Create key'));
    await heading('API key created');
    await waitFor(async () => expect(await client.takeToken(1)).toBeNull());
  });

  it('shows its text from the server where the page was drawn anew', async () => {
    const { client } = createMemoryPortal({});
    await client.createKey({});
    render(<ApiKeysPortal client={client} page={{ name: 'success', id: 1 }} />);
    expect(await screen.findByRole('textbox', { name: /Your new key/ })).toHaveValue(TEXT);
  });

  it('whose text was shown before says so, and leads to another', async () => {
    const { user } = show({ keys: [aPortalKey()] }, { page: { name: 'success', id: 7 }, onPage: (page) => pages.push(page.name) });
    const pages: string[] = [];
    await heading('Token can only be shown once.');
    await user.click(await button('Create a new key'));
    expect(pages).toEqual(['new']);
  });

  it('that is refused keeps the form as it was, with the fault at its field', async () => {
    const details = [{ path: 'scopes', message: 'You can not have the scope "write".' }];
    const { user } = show({ refuse: { createKey: refusal('VALIDATION_ERROR', 'Invalid input', details) } });
    await user.click(await button('Create new key'));
    await user.type(await screen.findByRole('textbox', { name: /Name/ }), 'kept');
    await user.click(await button('Create key'));
    expect(await screen.findByRole('alert')).toHaveTextContent('Failed to create API key.');
    expect(screen.getByRole('textbox', { name: /Name/ })).toHaveValue('kept');
    expect(screen.getByRole('group', { name: 'Scopes' })).toHaveAccessibleDescription('You can not have the scope "write".');
  });

  it('without scopes to choose from asks for none, so that the defaults hold', async () => {
    const { user, asked } = show({ form: aPortalForm({ scopes: [] }) });
    await user.click(await button('Create new key'));
    await user.click(await button('Create key'));
    await heading('API key created');
    expect(screen.queryByRole('group', { name: 'Scopes' })).toBeNull();
    expect(asked).toContainEqual(['createKey', { name: '', scopes: undefined, expiresAtPreset: 'no_expiration' }]);
  });

  it('needs a name where the owner’s rules want one', async () => {
    const { user } = show({ form: aPortalForm({ requireName: true }) });
    await user.click(await button('Create new key'));
    expect(await screen.findByRole('textbox', { name: 'Name' })).toBeRequired();
  });
});

describe('a key', () => {
  it('is edited by name and scopes, its own ticked, and without an expiration', async () => {
    const { user, asked } = show({ keys: [aPortalKey()] });
    await user.click(await button('Edit Production Server'));
    await heading('Edit API key');
    const name = await screen.findByRole('textbox', { name: /Name/ });
    expect(name).toHaveValue('Production Server');
    expect(screen.queryByRole('combobox')).toBeNull();
    expect(screen.getByRole('checkbox', { name: /read/ })).toBeChecked();
    expect(screen.getByRole('checkbox', { name: /write/ })).not.toBeChecked();
    await user.clear(name);
    await user.type(name, 'Staging');
    await user.click(screen.getByRole('checkbox', { name: /write/ }));
    await user.click(await button('Save changes'));
    await screen.findByText('API key updated.');
    expect(asked).toContainEqual(['updateKey', 7, { name: 'Staging', scopes: ['read', 'write'] }]);
    await screen.findByRole('row', { name: /Staging/ });
  });

  it('that can not be changed says so, with the form still there', async () => {
    const { user } = show({ keys: [aPortalKey()], refuse: { updateKey: refusal('CONFLICT', 'It is revoked.') } });
    await user.click(await button('Edit Production Server'));
    await user.click(await button('Save changes'));
    expect(await screen.findByRole('alert')).toHaveTextContent('Failed to update API key. It is revoked.');
    screen.getByRole('textbox', { name: /Name/ });
  });

  it('is revoked after a question that names it and says what that means', async () => {
    const { user, asked } = show({ keys: [aPortalKey({ requests24h: 1204 })] });
    await user.click(await button('Revoke Production Server'));
    const dialog = screen.getByRole('dialog', { name: 'Revoke Production Server?' });
    expect(dialog).toHaveTextContent('1,204 times in the last 24 hours');
    await user.click(within(dialog).getByRole('button', { name: 'Cancel' }));
    expect(asked.some(([method]) => method === 'revokeKey')).toBe(false);
    await user.click(await button('Revoke Production Server'));
    await user.click(await button('Revoke key'));
    await screen.findByText('API key revoked.');
    await screen.findByText('Revoked');
  });

  it('that cannot be revoked after all says so', async () => {
    const { user } = show({ keys: [aPortalKey()], refuse: { revokeKey: refusal('CONFLICT', 'This key cannot be revoked.') } });
    await user.click(await button('Revoke Production Server'));
    await user.click(await button('Revoke key'));
    expect(await screen.findByRole('alert')).toHaveTextContent('This key cannot be revoked.');
  });

  it('has a chart of its use, in words and as a table, too', async () => {
    const { user } = show({ keys: [aPortalKey()] });
    await user.click(await button('Usage of Production Server'));
    await heading('Usage of Production Server');
    await screen.findByRole('img', { name: /^Requests by hour: 25 requests, 1 failed, most at .* \(2\)$/ });
    const table = screen.getByRole('table', { name: 'Requests by hour, hours with requests' });
    expect(within(table).getAllByRole('row')).toHaveLength(25);
    await user.click(screen.getByRole('radio', { name: '7 days' }));
    await screen.findByRole('img', { name: /169 requests/ });
  });
});

describe('the session', () => {
  it('has a link back to the host, in the host’s words', async () => {
    show({ view: aPortalView({ returnUrl: 'https://app.example.com/', returnText: 'Back to Nordlicht' }) });
    expect(await screen.findByRole('link', { name: 'Back to Nordlicht' })).toHaveAttribute('href', 'https://app.example.com/');
  });

  it('brings the host’s colours', async () => {
    const { container } = show({ view: aPortalView({ theme: { '--api-keys-primary-color': '#336699' } }) });
    await heading('API keys');
    expect((container.firstElementChild as HTMLElement).style.getPropertyValue('--api-keys-primary-color')).toBe('#336699');
  });

  it('that is over at the start says what to do', async () => {
    show({ refuse: { readSession: refusal('UNAUTHENTICATED', 'over') } });
    await heading('This session is over');
    screen.getByText(/open your API keys again from the application that sent you here/);
  });

  it('that ends in between says what to do, wherever one is, with the way back', async () => {
    const view = aPortalView({ returnUrl: 'https://app.example.com/', returnText: 'My app' });
    const { user } = show({ view, refuse: { createKey: refusal('UNAUTHENTICATED', 'over') } });
    await user.click(await button('Create new key'));
    await user.click(await button('Create key'));
    await heading('This session is over');
    expect(screen.getByRole('link', { name: 'My app' })).toHaveAttribute('href', 'https://app.example.com/');
  });

  it('is not asked for with a link that opens nothing', async () => {
    const { asked } = show({ refuse: { open: refusal('UNAUTHENTICATED', 'used') } }, { link: 'used' });
    await heading('This session is over');
    expect(asked.some(([method]) => method === 'readSession')).toBe(false);
  });

  it('whose server does not answer can be tried again', async () => {
    show({ refuse: { readSession: new PortalError({ status: 0, code: 'UNREACHABLE', message: 'The server did not answer.' }) } });
    expect(await screen.findByRole('alert')).toHaveTextContent('We could not load your API keys. The server did not answer.');
  });
});
