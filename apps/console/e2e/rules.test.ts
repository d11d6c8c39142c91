import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { findSerious } from './find-serious.ts';
import { launchBrowser } from './launch-browser.ts';
import { launchRuledServer } from './launch-server.ts';
import { signIn } from './open-screen.ts';
import { watchPage } from './watch-page.ts';

const TOKEN = 'Payments service';
const FOREIGN = 'legacy_0123456789abcdefWXYZ';

let server: Awaited<ReturnType<typeof launchRuledServer>>;
let browser: Browser;
let page: Page;
let complaints: string[];
let secret: string;

beforeAll(async () => {
  server = await launchRuledServer();
  browser = await launchBrowser();
  const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, permissions: ['clipboard-read', 'clipboard-write'] });
  await signIn(context, server);
  page = await context.newPage();
  page.setDefaultTimeout(20_000);
  complaints = watchPage(page);
});

afterAll(async () => {
  await browser?.close();
  await server?.close();
});

async function open(path: string, heading: string): Promise<void> {
  await page.goto(`${server.url}${path}`);
  await page.getByRole('heading', { name: heading, level: 1 }).waitFor();
}

function call(text: string, { method = 'GET', path = '/products' } = {}): Promise<Response> {
  return fetch(`${server.url}/api${path}`, { method, headers: { authorization: `Bearer ${text}` } });
}

/** The page asks every two seconds. */
const SOON = { timeout: 15_000 };

function quotaLeft(): Promise<string | null> {
  return page.getByRole('meter', { name: 'Quota left' }).getAttribute('aria-valuetext');
}

async function takeSecret(): Promise<string> {
  const dialog = page.getByRole('dialog');
  const text = (await dialog.getByTestId('secret').innerText()).trim();
  await dialog.getByRole('button', { name: 'Copy secret' }).click();
  await dialog.getByRole('button', { name: 'Done' }).click();
  await dialog.waitFor({ state: 'hidden' });
  return text;
}

test('a token is made with a type, an owner and a quota, and holds what the deployment gives it', async () => {
  await open('/api-tokens/new', 'Create token');
  await page.getByRole('textbox', { name: 'Name', exact: true }).fill(TOKEN);
  await page.getByRole('radio', { name: 'publishable' }).check();
  expect(await page.getByRole('checkbox', { name: 'write' }).isDisabled()).toBe(true);
  await page.getByRole('radio', { name: 'secret', exact: true }).check();
  await page.getByRole('button', { name: /^Owner/ }).click();
  await page.getByRole('combobox', { name: 'Owner type' }).fill('user');
  await page.getByRole('textbox', { name: 'Owner id' }).fill('42');
  await page.getByText('0 of 10 active tokens.').waitFor();
  await page.getByRole('button', { name: /^Quota/ }).click();
  await page.getByRole('switch', { name: /^Allow a number of requests/ }).check();
  await page.getByRole('textbox', { name: 'Requests left' }).fill('3');
  expect(await page.getByTestId('summary').innerText()).toMatch(/with read · for user 42 · 100\/min · 3 requests left · until/);
  await page.getByRole('button', { name: 'Create token' }).click();
  secret = await takeSecret();
  expect(secret).toMatch(/^sk_live_/);
  await page.getByRole('heading', { name: TOKEN, level: 1 }).waitFor();
  expect((await call(secret)).status).toBe(200);
  const refused = await call(secret, { method: 'POST' });
  expect([refused.status, (await refused.json()).code]).toEqual([403, 'INSUFFICIENT_SCOPE']);
});

test('every part of the form is one that everybody can use, also unfolded and with faults', async () => {
  await open('/api-tokens/new', 'Create token');
  for (const part of [/^Owner/, /^Further limits/, /^Quota/, /^Addresses/, /^Permissions/, /^Begins/, /^Metadata/]) {
    await page.getByRole('button', { name: part, expanded: false }).click();
  }
  await page.getByRole('button', { name: 'Add limit' }).click();
  await page.getByRole('button', { name: 'Add permission' }).click();
  await page.getByRole('combobox', { name: 'Addresses' }).fill('10.1.2.3/8');
  await page.keyboard.press('Enter');
  await page.getByText(/Write 10.0.0.0\/8 for the network/).waitFor();
  expect(await findSerious(page)).toEqual([]);
  await page.getByRole('combobox', { name: 'Addresses' }).press('Backspace');
  await page.getByRole('button', { name: 'Remove limit 1' }).click();
  await page.getByRole('button', { name: 'Remove permission 1' }).click();
  expect(await page.getByRole('button', { name: 'Add permission' }).evaluate((button) => button === document.activeElement)).toBe(true);
  await page.goto(`${server.url}/api-tokens?q=${encodeURIComponent(TOKEN)}`);
  await page.getByRole('link', { name: TOKEN }).click();
  await page.getByRole('heading', { name: TOKEN, level: 1 }).waitFor();
});

test('what is left of its quota is shown, and what is used up is refused', async () => {
  await expect.poll(() => quotaLeft(), SOON).toMatch(/^2 left/);
  expect([(await call(secret)).status, (await call(secret)).status, (await call(secret)).status]).toEqual([200, 200, 429]);
  await expect.poll(() => quotaLeft(), SOON).toMatch(/^0 left/);
  await page.getByRole('tab', { name: 'Settings' }).click();
  await page.getByRole('button', { name: /^Quota/ }).click();
  const form = page.getByRole('form', { name: 'Quota' });
  await form.getByRole('textbox', { name: 'Requests left' }).fill('100');
  await form.getByRole('button', { name: 'Save' }).click();
  await form.getByRole('status').getByText('Saved').waitFor();
  expect((await call(secret)).status).toBe(200);
});

test('rotated, both secrets work, and the console says who still uses the old one', async () => {
  const old = secret;
  await page.getByRole('button', { name: 'Rotate…' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Rotate' }).click();
  secret = await takeSecret();
  expect(secret).not.toBe(old);
  expect([(await call(secret)).status, (await call(old)).status]).toEqual([200, 200]);
  const card = page.getByRole('region', { name: 'Secrets' });
  await card.getByText(/is still used: last/).waitFor();
  expect(await findSerious(page)).toEqual([]);
  await card.getByRole('button', { name: `Revoke the secret ending in ${old.slice(-4)}` }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Revoke secret' }).click();
  await page.getByRole('dialog').waitFor({ state: 'hidden' });
  expect([(await call(secret)).status, (await call(old)).status]).toEqual([200, 401]);
});

test('a list of another system is checked, imported, and its tokens work unchanged', async () => {
  expect((await call(FOREIGN)).status).toBe(401);
  await open('/api-tokens/import', 'Import tokens');
  await page.getByRole('textbox', { name: 'Paste it here' }).fill(`name,key,owner_type,owner_id\nOld job,${FOREIGN},user,42\nBroken,x,,\n`);
  await page.getByRole('button', { name: 'Read the list' }).click();
  await page.getByRole('button', { name: 'Check without importing' }).click();
  await page.getByText('1 token would be imported, 1 row is wrong.').waitFor();
  expect(await findSerious(page)).toEqual([]);
  await page.getByRole('button', { name: 'Import 1 token' }).click();
  await page.getByRole('heading', { name: 'Imported' }).waitFor();
  expect((await call(FOREIGN)).status).toBe(200);
  expect(await page.content()).not.toContain(FOREIGN);
});

test('an owner’s tokens are found, and end together', async () => {
  await open('/owners', 'Owners');
  await page.getByRole('link', { name: 'user 42' }).click();
  await page.getByRole('heading', { name: 'Tokens', level: 1 }).waitFor();
  for (const name of [TOKEN, 'Old job']) await page.getByRole('link', { name }).waitFor();
  expect(new URL(page.url()).searchParams.get('owner')).toBe('user:42');
  await page.goBack();
  await page.getByRole('button', { name: 'Actions for user 42' }).click();
  await page.getByRole('menuitem', { name: 'End owner’s tokens…' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.waitFor();
  await page.getByRole('menu').waitFor({ state: 'hidden' });
  expect(await findSerious(page)).toEqual([]);
  await dialog.getByRole('textbox').fill('42');
  await dialog.getByRole('button', { name: 'End tokens' }).click();
  await dialog.waitFor({ state: 'hidden' });
  expect([(await call(secret)).status, (await call(FOREIGN)).status]).toEqual([401, 401]);
});

test('nothing on the way made the browser complain', () => {
  expect(complaints).toEqual([]);
});
