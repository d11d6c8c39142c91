import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { findSerious } from './find-serious.ts';
import { launchBrowser } from './launch-browser.ts';
import { launchFramingHost, launchPortalServer, type PortalServer } from './launch-portal.ts';
import { watchPage } from './watch-page.ts';

const OWNER = { owner_type: 'customer', owner_id: '42', owner_name: 'Nordlicht GmbH' };

let server: PortalServer;
let browser: Browser;

beforeAll(async () => {
  server = await launchPortalServer();
  browser = await launchBrowser();
});

afterAll(async () => {
  await browser?.close();
  await server?.close();
});

async function openPage(options: Parameters<Browser['newContext']>[0] = {}): Promise<{ context: BrowserContext; page: Page }> {
  const context = await browser.newContext({
    viewport: { width: 1280, height: 900 },
    permissions: ['clipboard-read', 'clipboard-write'],
    ...options,
  });
  const page = await context.newPage();
  page.setDefaultTimeout(20_000);
  return { context, page };
}

async function enter(page: Page, wanted: Record<string, unknown> = {}): Promise<void> {
  await page.goto(await server.requestPortal({ ...OWNER, ...wanted }));
  await page.getByRole('heading', { name: 'API keys', level: 1 }).waitFor();
  await page.waitForLoadState('networkidle');
}

/** Calls the protected API as the owner's server would. */
function callApi(secret: string, path = '/products'): Promise<Response> {
  return fetch(`${server.url}/api${path}`, { headers: { authorization: `Bearer ${secret}` } });
}

describe('an owner', () => {
  let page: Page;
  let complaints: string[];
  let secret: string;

  beforeAll(async () => {
    ({ page } = await openPage());
    complaints = watchPage(page);
  });
  afterAll(() => page?.context().close());

  const row = (name: string) => page.getByRole('row', { name: new RegExp(name) });

  test('opens the link that the host has asked for, and finds a way back', async () => {
    await enter(page, { return_url: 'https://app.example.com/settings', return_text: 'Back to Nordlicht' });
    expect(page.url()).not.toContain('token');
    await page.getByText('Nordlicht GmbH').waitFor();
    const back = page.getByRole('link', { name: 'Back to Nordlicht' });
    expect(await back.getAttribute('href')).toBe('https://app.example.com/settings');
    await page.getByText('You have no active secret key.').waitFor();
    await page.getByText('None has expired or been revoked.').waitFor();
  });

  test('creates a key with scopes and a preset', async () => {
    await page.getByRole('button', { name: 'Create new key' }).click();
    await page.getByRole('heading', { name: 'Create API key', level: 1 }).waitFor();
    const name = page.getByRole('textbox', { name: 'Name' });
    expect(await name.getAttribute('placeholder')).toBe('e.g., Production Server');
    const boxes = page.getByRole('checkbox');
    expect(await boxes.evaluateAll((all) => all.map((box) => (box as HTMLInputElement).checked))).toEqual([true, true, true]);
    const expiration = page.getByRole('combobox', { name: 'Expiration' });
    expect((await expiration.locator('option').allInnerTexts()).slice(0, 3)).toEqual(['No Expiration', '7 days', '30 days']);
    expect(await expiration.inputValue()).toBe('no_expiration');
    await name.fill('Production Server');
    await expiration.selectOption('30_days');
    await page.getByRole('checkbox', { name: /write/ }).uncheck();
    await page.getByRole('button', { name: 'Create key' }).click();
    await page.getByRole('heading', { name: 'API key created', level: 1 }).waitFor();
  });

  test('sees the text of it once, in a field to copy from', async () => {
    const field = page.getByRole('textbox', { name: /Your new key/ });
    secret = await field.inputValue();
    expect(secret).toMatch(/^sk_live_[0-9A-Za-z]{42}$/);
    expect(await field.getAttribute('readonly')).not.toBeNull();
    await page.getByText('Live mode').waitFor();
    await page.getByText('it is shown only once').waitFor();
    await page.getByRole('button', { name: 'Copy token' }).click();
    await page.getByRole('status').getByText('Copied').waitFor();
    expect(await page.evaluate(() => navigator.clipboard.readText())).toBe(secret);
    await page.waitForLoadState('networkidle');

    // The browser reports the text that is not there any more.
    complaints.length = 0;
    await page.reload();
    await page.getByRole('heading', { name: 'Token can only be shown once.', level: 1 }).waitFor();
    expect(await page.content()).not.toContain(secret);
    complaints.splice(0, complaints.length, ...complaints.filter((line) => !line.includes('404')));
    await page.getByRole('button', { name: 'Create a new key' }).click();
    await page.getByRole('heading', { name: 'Create API key', level: 1 }).waitFor();
    await page.goBack();
    await page.getByRole('heading', { name: 'Token can only be shown once.', level: 1 }).waitFor();
    complaints.splice(0, complaints.length, ...complaints.filter((line) => !line.includes('404')));
  });

  test('leaves the text nowhere in the browser', async () => {
    const kept = await page.evaluate(() =>
      JSON.stringify([{ ...localStorage }, { ...sessionStorage }, document.cookie, location.href, history.state]),
    );
    expect(kept).not.toContain(secret);
    expect(kept).not.toContain('latchkey.portal');
  });

  test('calls the protected API with it, within its scopes', async () => {
    expect((await callApi(secret)).status).toBe(200);
    expect((await callApi(secret)).status).toBe(200);
    const refused = await callApi(secret, '/stores');
    expect([refused.status, (await refused.json()).code]).toEqual([403, 'INSUFFICIENT_SCOPE']);
  });

  test('sees the calls on the chart', async () => {
    await page.getByRole('button', { name: 'Back to your keys' }).click();
    await row('Production Server').getByText('sk_live_••••').waitFor();
    await page.getByRole('button', { name: 'Usage of Production Server' }).click();
    await page.getByRole('heading', { name: 'Usage of Production Server', level: 1 }).waitFor();
    const chart = page.getByRole('img', { name: /^Requests by hour: 3 requests, 1 failed/ });
    await expect
      .poll(async () => {
        await page.getByRole('button', { name: 'Refresh' }).click();
        return chart.count();
      })
      .toBe(1);
    expect(await chart.locator('rect[data-series="ok"]').count()).toBeGreaterThan(0);
    expect(await chart.locator('rect[data-series="failed"]').count()).toBeGreaterThan(0);
    await page.getByText('Show as a table').click();
    await page.getByRole('columnheader', { name: 'Successful' }).waitFor();
    await page.getByText('just now').waitFor();
  });

  test('renames it and gives it another scope, and keeps its expiration', async () => {
    await page.getByRole('button', { name: 'Back to your keys' }).click();
    await page.getByRole('button', { name: 'Edit Production Server' }).click();
    await page.getByRole('heading', { name: 'Edit API key', level: 1 }).waitFor();
    const name = page.getByRole('textbox', { name: 'Name' });
    await name.waitFor();
    expect(await name.inputValue()).toBe('Production Server');
    expect(await page.getByRole('combobox').count()).toBe(0);
    expect(await page.getByRole('checkbox', { name: /write/ }).isChecked()).toBe(false);
    await name.fill('Staging Server');
    await page.getByRole('checkbox', { name: /write/ }).check();
    await page.getByRole('button', { name: 'Save changes' }).click();
    await page.getByText('API key updated.').waitFor();
    await row('Staging Server').getByText('in 30 days').waitFor();
    expect((await callApi(secret, '/stores')).status).toBe(200);
  });

  test('revokes it after a question, and it is refused from then on', async () => {
    await page.getByRole('button', { name: 'Revoke Staging Server' }).click();
    const dialog = page.getByRole('dialog', { name: 'Revoke Staging Server?' });
    await dialog.getByRole('button', { name: 'Cancel' }).click();
    await dialog.waitFor({ state: 'hidden' });
    expect((await callApi(secret)).status).toBe(200);
    await page.getByRole('button', { name: 'Revoke Staging Server' }).click();
    await dialog.getByRole('button', { name: 'Revoke key' }).click();
    await page.getByText('API key revoked.').waitFor();
    const refused = await callApi(secret);
    expect([refused.status, (await refused.json()).code]).toEqual([401, 'KEY_REVOKED']);
    const inactive = page.getByRole('table', { name: 'Inactive secret keys' });
    await inactive.getByText('Revoked').waitFor();
    expect(await inactive.getByRole('button', { name: /Revoke|Edit/ }).count()).toBe(0);
  });

  test('makes a publishable key, which can be shown again and not be revoked', async () => {
    await page.getByRole('button', { name: 'Create Publishable Key' }).click();
    await page.getByText('Publishable key created!').waitFor();
    const section = page.getByRole('region', { name: 'Publishable key' });
    await section.getByText('SDK Key').waitFor();
    await section.getByText('Live mode').waitFor();
    await section.getByText(/^pk_live_••••/).waitFor();
    await page.getByRole('button', { name: 'Create Publishable Key' }).waitFor({ state: 'detached' });
    expect(await section.getByRole('button', { name: /Revoke/ }).count()).toBe(0);
    await section.getByRole('button', { name: 'Show SDK Key' }).click();
    const shown = await section.getByText(/^pk_live_[0-9A-Za-z]{42}$/).innerText();
    expect((await callApi(shown)).status).toBe(200);
  });

  test('never made the browser complain', () => {
    expect(complaints).toEqual([]);
  });
});

test('another owner sees nothing of it, and the link that was used opens nothing', async () => {
  const first = await openPage();
  const link = await server.requestPortal({ ...OWNER, return_url: 'https://app.example.com/' });
  await first.page.goto(link);
  await first.page.getByText('SDK Key').waitFor();
  const { page, context } = await openPage();
  await enter(page, { owner_id: '43', owner_name: 'Somebody else' });
  await page.getByText('You have no active secret key.').waitFor();
  expect(await page.content()).not.toMatch(/SDK Key|Staging Server/);
  await context.clearCookies();
  await page.goto(link);
  await page.reload();
  await page.getByRole('heading', { name: 'This session is over', level: 1 }).waitFor();
  await page.getByText('open your API keys again from the application that sent you here').waitFor();
  await Promise.all([context.close(), first.context.close()]);
});

test('a session that is over says what to do, with the way back', async () => {
  const { page, context } = await openPage();
  const created = await server.call('POST', '/api/portal-sessions', {
    ...OWNER,
    return_url: 'https://app.example.com/',
    return_text: 'My app',
  });
  await page.goto(`${created.url}`);
  await page.getByRole('button', { name: 'Create new key' }).click();
  await page.getByRole('textbox', { name: 'Name' }).fill('too late');
  await server.call('POST', `/api/portal-sessions/${(created.session as { id: number }).id}/revoke`);
  await page.getByRole('button', { name: 'Create key' }).click();
  await page.getByRole('heading', { name: 'This session is over', level: 1 }).waitFor();
  expect(await page.getByRole('link', { name: 'My app' }).getAttribute('href')).toBe('https://app.example.com/');
  await context.close();
});

test('by keyboard alone a key is made, and the dialog gives the focus back', async () => {
  const { page, context } = await openPage();
  await enter(page, { owner_id: 'keyboard', key_types: ['secret'] });
  const focused = () =>
    page.evaluate(() => document.activeElement?.getAttribute('aria-label') ?? document.activeElement?.textContent ?? '');
  const tabTo = async (name: string) => {
    for (let presses = 0; presses < 30 && (await focused()) !== name; presses++) await page.keyboard.press('Tab');
    expect(await focused()).toBe(name);
  };
  await tabTo('Create new key');
  await page.keyboard.press('Enter');
  await expect.poll(focused).toBe('Create API key');
  await page.getByRole('textbox', { name: 'Name' }).waitFor();
  await page.keyboard.press('Tab');
  await page.keyboard.type('By keyboard');
  await page.keyboard.press('Enter');
  await expect.poll(focused).toBe('API key created');
  await tabTo('Back to your keys');
  await page.keyboard.press('Enter');
  await expect.poll(focused).toBe('API keys');
  await page.getByRole('button', { name: 'Revoke By keyboard' }).waitFor();
  await tabTo('Revoke By keyboard');
  await page.keyboard.press('Enter');
  await page.getByRole('dialog').waitFor();
  await expect.poll(focused).toBe('Cancel');
  await page.keyboard.press('Escape');
  await page.getByRole('dialog').waitFor({ state: 'hidden' });
  await expect.poll(focused).toBe('Revoke By keyboard');
  await context.close();
});

describe('in a frame', () => {
  test('of the origin that the session names, everything works with a bearer in memory and no cookie', async () => {
    let link = '';
    const host = await launchFramingHost(() => link);
    link = await server.requestPortal({ ...OWNER, owner_id: 'framed', embed_origin: host.origin });
    const { page, context } = await openPage();
    await page.goto(host.origin);
    const frame = page.frameLocator('iframe');
    await frame.getByRole('button', { name: 'Create new key' }).click();
    await frame.getByRole('textbox', { name: 'Name' }).fill('In a frame');
    await frame.getByRole('button', { name: 'Create key' }).click();
    const made = await frame.getByRole('textbox', { name: /Your new key/ }).inputValue();
    expect((await callApi(made)).status).toBe(200);
    expect(await context.cookies()).toEqual([]);
    await Promise.all([context.close(), host.close()]);
  });

  test('of any other origin the page does not appear', async () => {
    let link = '';
    const host = await launchFramingHost(() => link);
    link = await server.requestPortal({ ...OWNER, embed_origin: 'https://app.example.com' });
    const { page, context } = await openPage();
    const complaints = watchPage(page);
    await page.goto(host.origin);
    await expect.poll(() => complaints.join()).toContain('frame-ancestors');
    expect(await page.frameLocator('iframe').getByRole('heading').count()).toBe(0);
    await Promise.all([context.close(), host.close()]);
  });
});

describe.each(['light', 'dark'] as const)('in %s', (colorScheme) => {
  test.each([1280, 390])('%i pixels wide: no serious finding and no sideways scrolling on any page', async (width) => {
    const owner = { owner_id: `walk-${colorScheme}-${width}`, owner_name: `A rather long name of an organisation, ${'x'.repeat(80)}` };
    const { page, context } = await openPage({ viewport: { width, height: 844 }, colorScheme });
    const check = async () => {
      await page.waitForLoadState('networkidle');
      expect(await findSerious(page)).toEqual([]);
      expect(await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth)).toBeLessThanOrEqual(0);
    };
    await enter(page, { ...owner, return_url: 'https://app.example.com/' });
    await check();
    await page.getByRole('button', { name: 'Create Publishable Key' }).click();
    await page.getByText('Publishable key created!').waitFor();
    await page.getByRole('button', { name: 'Create new key' }).click();
    await page.getByRole('textbox', { name: 'Name' }).fill(`${'averylongnamewithoutaspace'.repeat(9)}`);
    await check();
    await page.getByRole('button', { name: 'Create key' }).click();
    await page.getByRole('heading', { name: 'API key created' }).waitFor();
    await check();
    await page.getByRole('button', { name: 'Back to your keys' }).click();
    await page.getByRole('button', { name: /^Revoke/ }).waitFor();
    await check();
    await page.getByRole('button', { name: /^Revoke/ }).click();
    await page.getByRole('dialog').waitFor();
    await check();
    await page.getByRole('button', { name: 'Revoke key' }).click();
    await page.getByText('API key revoked.').waitFor();
    await check();
    await page.getByRole('button', { name: /^Usage of avery/ }).click();
    await page.getByRole('img', { name: /^Requests by hour/ }).waitFor();
    await check();
    await page.goto(`${server.url}/portal#token=used`);
    await page.reload();
    await context.clearCookies();
    await page.reload();
    await page.getByRole('heading', { name: 'This session is over' }).waitFor();
    await check();
    await context.close();
  });
});

test('the host’s colours are the page’s', async () => {
  const { page, context } = await openPage();
  await enter(page, { owner_id: 'themed', theme: { '--api-keys-primary-color': '#7a1f5c', '--api-keys-radius': '2px' } });
  const look = await page.getByRole('button', { name: 'Create new key' }).evaluate((button) => {
    const { backgroundColor, borderRadius } = getComputedStyle(button);
    return { backgroundColor, borderRadius };
  });
  expect(look).toEqual({ backgroundColor: 'rgb(122, 31, 92)', borderRadius: '2px' });
  await context.close();
});

test('has the documented colours where the host has none', async () => {
  const { page, context } = await openPage({ colorScheme: 'light' });
  await enter(page, { owner_id: 'plain' });
  await page.getByRole('button', { name: 'Create Publishable Key' }).click();
  await page.getByRole('button', { name: 'Create new key' }).click();
  await page.getByRole('button', { name: 'Create key' }).click();
  await page.getByRole('button', { name: 'Back to your keys' }).click();
  await page.getByRole('button', { name: /^Revoke/ }).waitFor();
  const background = (selector: string, pseudo?: string) =>
    page
      .locator(selector)
      .first()
      .evaluate((element, part) => getComputedStyle(element, part).backgroundColor, pseudo);
  expect(await background('.api-keys-badge[data-kind="publishable"]')).toBe('rgb(254, 243, 205)');
  expect(await background('td .api-keys-badge')).toBe('rgb(231, 241, 255)');
  expect(await background('.api-keys-status[data-color="green"]', '::before')).toBe('rgb(40, 167, 69)');
  await page.getByRole('button', { name: /^Revoke/ }).click();
  expect(await background('dialog [data-look="danger"]')).toBe('rgb(220, 53, 69)');
  await context.close();
});
