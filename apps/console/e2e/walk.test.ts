import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { launchBrowser } from './launch-browser.ts';
import { launchFreshServer, type TestServer } from './launch-server.ts';
import { watchPage } from './watch-page.ts';

const ACCOUNT = { name: 'Ada Admin', email: 'ada@example.com', password: 'seven green bicycles' };
const TOKEN = 'Nightly import';

let server: TestServer;
let browser: Browser;
let page: Page;
let complaints: string[];
let secret: string;

beforeAll(async () => {
  server = await launchFreshServer();
  browser = await launchBrowser();
  const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, permissions: ['clipboard-read', 'clipboard-write'] });
  page = await context.newPage();
  page.setDefaultTimeout(20_000);
  complaints = watchPage(page);
});

afterAll(async () => {
  await browser?.close();
  await server?.close();
});

/** Calls the public API as a consumer would. */
function callApi(path = '/products'): Promise<Response> {
  return fetch(`${server.url}/api${path}`, { headers: { authorization: `Bearer ${secret}` } });
}

async function expectRefusal(status: number, code: string): Promise<void> {
  const response = await callApi();
  expect([response.status, (await response.json()).code]).toEqual([status, code]);
}

async function openTab(name: string): Promise<void> {
  await page.getByRole('tab', { name }).click();
}

test('set-up: the printed link leads to a form, once', async () => {
  const link = /Create the first administrator: (\S+)/.exec(server.said())?.[1] ?? '';
  await page.goto(link);
  await page.getByLabel('Your name').fill(ACCOUNT.name);
  await page.getByLabel('E-mail address').fill(ACCOUNT.email);
  await page.getByLabel('Password', { exact: true }).fill(ACCOUNT.password);
  expect(page.url()).not.toContain('token=');
  await page.getByRole('button', { name: 'Create the account' }).click();
  await page.getByRole('heading', { name: 'Overview', level: 1 }).waitFor();

  const again = await browser.newPage();
  await again.goto(link);
  await again.getByRole('heading', { level: 1 }).waitFor();
  expect(await again.getByRole('button', { name: 'Create the account' }).count()).toBe(0);
  await again.close();
});

test('sign-in: out, refused with a wrong password, and in again', async () => {
  await page.getByRole('button', { name: /Account/ }).click();
  await page.getByRole('menuitem', { name: 'Sign out' }).click();
  await page.getByLabel('E-mail address').fill(ACCOUNT.email);
  await page.getByLabel('Password', { exact: true }).fill('not the password at all');
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.getByRole('alert').waitFor();
  // The browser itself reports the refused request.
  expect(complaints.filter((line) => !line.includes('401'))).toEqual([]);
  complaints.length = 0;
  await page.getByLabel('Password', { exact: true }).fill(ACCOUNT.password);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.getByRole('heading', { name: 'Overview', level: 1 }).waitFor();
});

test('create: a token whose secret is shown once and copied', async () => {
  await page.getByRole('link', { name: 'Create token' }).first().click();
  await page.getByRole('textbox', { name: 'Name' }).fill(TOKEN);
  await page.getByRole('button', { name: 'Create token' }).click();
  const dialog = page.getByRole('dialog');
  secret = (await dialog.getByTestId('secret').innerText()).trim();
  expect(secret).toMatch(/^lk_live_[0-9A-Za-z]{42}$/);
  await dialog.getByText(/Waiting for (the )?first request/).waitFor();
  await dialog.getByRole('button', { name: 'Copy secret' }).click();
  expect(await page.evaluate(() => navigator.clipboard.readText())).toBe(secret);
});

test('call: the dialog turns green, and the chart shows the call', async () => {
  expect((await callApi()).status).toBe(200);
  const dialog = page.getByRole('dialog');
  await dialog.getByText('First request received').waitFor();
  await dialog.getByRole('button', { name: 'Done' }).click();
  await dialog.waitFor({ state: 'hidden' });
  expect(await pageKeeps(secret)).toBe(false);

  await page.getByRole('link', { name: 'Tokens', exact: true }).click();
  await page.getByRole('link', { name: TOKEN }).click();
  await page.getByRole('heading', { name: TOKEN, level: 1 }).waitFor();
  await page.locator('.recharts-bar-rectangle rect:visible').first().waitFor();
  await page.getByRole('row', { name: /\/products/ }).waitFor();
});

test('limit: lowered to 1, the second call gets 429, and the log shows it', async () => {
  await openTab('Settings');
  const section = page.getByRole('form', { name: 'Rate limit' });
  await section.getByRole('textbox', { name: 'Requests' }).fill('1');
  await section.getByRole('button', { name: 'Save' }).click();
  await section.getByRole('status').getByText('Saved').waitFor();
  await callApi();
  await expectRefusal(429, 'RATE_LIMITED');
  await openTab('Requests');
  await page.getByText('429', { exact: true }).first().waitFor();
  await page.reload();
  await page.getByText('429', { exact: true }).first().waitFor();
});

test('switch: off means 401, on means the limit counts again', async () => {
  const toggle = page.getByRole('switch', { name: /^O(n|ff)$/ }).first();
  await toggle.press('Space');
  await expect.poll(async () => (await callApi()).status).toBe(401);
  await expectRefusal(401, 'KEY_DISABLED');
  await toggle.press('Space');
  await expect.poll(async () => (await (await callApi()).json()).code).not.toBe('KEY_DISABLED');
  await expectRefusal(429, 'RATE_LIMITED');
});

test('revoke: for good', async () => {
  await openTab('Settings');
  await page.getByRole('button', { name: 'Revoke token…' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByText(/in the last hour/).waitFor();
  await dialog.getByRole('textbox').fill(TOKEN);
  await dialog.getByRole('button', { name: 'Revoke token' }).click();
  await dialog.waitFor({ state: 'hidden' });
  await expectRefusal(401, 'KEY_REVOKED');
});

test('delete: the token is gone, and unknown to the API', async () => {
  await page.getByRole('button', { name: 'Delete token…' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByRole('textbox').fill(TOKEN);
  await dialog.getByRole('button', { name: 'Delete token' }).click();
  await page.getByRole('heading', { name: 'Tokens', level: 1 }).waitFor();
  expect(await page.getByRole('link', { name: TOKEN }).count()).toBe(0);
  await expectRefusal(401, 'INVALID_API_KEY');
});

test('nothing on the way made the browser complain', () => {
  expect(complaints).toEqual([]);
});

/** Whether a text is anywhere where the browser would keep it. */
function pageKeeps(text: string): Promise<boolean> {
  return page.evaluate((needle) => {
    const stores = [
      JSON.stringify({ ...localStorage }),
      JSON.stringify({ ...sessionStorage }),
      location.href,
      document.documentElement.outerHTML,
    ];
    return stores.some((store) => store.includes(needle));
  }, text);
}
