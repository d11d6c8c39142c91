import type { Browser, BrowserContext, Locator, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { launchBrowser } from './launch-browser.ts';
import { type CrowdedServer, launchCrowdedServer } from './launch-server.ts';
import { signIn } from './open-screen.ts';
import { watchPage } from './watch-page.ts';

const VIEWER = { name: 'Vera Viewer', email: 'vera@example.com', password: 'seven green bicycles' };

let server: CrowdedServer;
let browser: Browser;
let context: BrowserContext;
let page: Page;
let complaints: string[];

beforeAll(async () => {
  server = await launchCrowdedServer();
  browser = await launchBrowser();
  context = await browser.newContext({ viewport: { width: 1280, height: 900 }, permissions: ['clipboard-read', 'clipboard-write'] });
  await signIn(context, server);
  page = await context.newPage();
  page.setDefaultTimeout(20_000);
  complaints = watchPage(page);
});

afterAll(async () => {
  await browser?.close();
  await server?.close();
});

async function open(path: string, heading: string | RegExp): Promise<void> {
  await page.goto(`${server.url}${path}`);
  await page.getByRole('heading', { name: heading, level: 1 }).waitFor();
  await page.waitForLoadState('networkidle');
}

function hasFocus(target: Locator): Promise<boolean> {
  return target.evaluate((element) => element === document.activeElement);
}

async function expectFocus(target: Locator): Promise<void> {
  await expect.poll(() => hasFocus(target)).toBe(true);
}

/** A dialog gives back the focus only once it has taken it, a moment after it is seen. */
async function expectFocusWithin(dialog: Locator): Promise<void> {
  await expect.poll(() => dialog.evaluate((element) => element.contains(document.activeElement))).toBe(true);
}

/** Presses Tab until the target has the focus, and finds it in sight and not covered then (WCAG 2.4.11). */
async function tabTo(target: Locator, most = 40): Promise<void> {
  await target.waitFor();
  for (let presses = 0; presses < most && !(await hasFocus(target)); presses++) await page.keyboard.press('Tab');
  expect(await hasFocus(target), `Tab leads to ${target}`).toBe(true);
  const seen = await target.evaluate((element) => {
    const { left, top, width, height } = element.getBoundingClientRect();
    const atCentre = document.elementFromPoint(left + width / 2, top + height / 2);
    return element.matches(':focus-visible') && atCentre !== null && (element.contains(atCentre) || atCentre.contains(element));
  });
  expect(seen, `${target} is in sight with its focus ring`).toBe(true);
}

describe('by keyboard alone', () => {
  test('a token is created, and its secret taken', async () => {
    await open('/api-tokens', 'Tokens');
    await page.keyboard.press('Tab');
    await expectFocus(page.getByRole('link', { name: 'Skip to content' }));
    await page.keyboard.press('Enter');
    await tabTo(page.getByRole('link', { name: 'Create token' }));
    await page.keyboard.press('Enter');
    await expectFocus(page.getByRole('heading', { name: 'Create token', level: 1 }));

    await tabTo(page.getByRole('textbox', { name: 'Name' }));
    await page.keyboard.type('By keyboard');
    await tabTo(page.getByRole('radio', { name: 'Every endpoint' }));
    await page.keyboard.press('ArrowDown');
    await tabTo(page.getByRole('textbox', { name: 'Pattern 1' }));
    await page.keyboard.type('/products*');
    await tabTo(page.getByRole('button', { name: 'Add pattern' }));
    await page.keyboard.press('Enter');
    await expectFocus(page.getByRole('textbox', { name: 'Pattern 2' }));
    await page.keyboard.type('GET /stores*');
    await tabTo(page.getByRole('button', { name: 'Create token' }));
    await page.keyboard.press('Enter');

    const dialog = page.getByRole('dialog');
    await expectFocus(dialog.getByRole('button', { name: 'Copy secret' }));
    await page.keyboard.press('Enter');
    await expect.poll(() => page.evaluate(() => navigator.clipboard.readText())).toMatch(/^lk_live_[0-9A-Za-z]{42}$/);
    await tabTo(dialog.getByRole('button', { name: 'Done' }));
    await page.keyboard.press('Enter');
    await expectFocus(page.getByRole('heading', { name: 'By keyboard', level: 1 }));
    expect(await page.title()).toBe('By keyboard · Tokens · Latchkey');
  });

  test('a setting is saved, and the focus stays at its button', async () => {
    await tabTo(page.getByRole('tab', { name: 'Usage' }));
    for (const tab of ['Requests', 'Settings']) {
      await page.keyboard.press('ArrowRight');
      await expectFocus(page.getByRole('tab', { name: tab }));
    }
    const section = page.getByRole('form', { name: 'Name and purpose' });
    await tabTo(section.getByRole('textbox', { name: 'Description' }));
    await page.keyboard.type('Made without a mouse');
    await tabTo(section.getByRole('button', { name: 'Save' }));
    await page.keyboard.press('Enter');
    await section.getByRole('status').getByText('Saved').waitFor();
    await expectFocus(section.getByRole('button', { name: 'Save' }));
  });

  test('the navigation of a narrow screen opens, holds the focus, and gives it back', async () => {
    await page.setViewportSize({ width: 390, height: 844 });
    await open('/', 'Overview');
    expect(await page.getByRole('link', { name: 'Settings', exact: true }).evaluate((link) => link.closest('[inert]') !== null)).toBe(true);
    await tabTo(page.getByRole('button', { name: 'Open navigation' }));
    await page.keyboard.press('Enter');
    await expectFocus(page.getByRole('button', { name: 'Close navigation' }));
    for (const name of ['Overview', 'Tokens', 'Owners', 'Operations', 'Audit log', 'Settings']) {
      await page.keyboard.press('Tab');
      await expectFocus(page.getByRole('link', { name, exact: true }));
    }
    await page.keyboard.press('Escape');
    await expectFocus(page.getByRole('button', { name: 'Open navigation' }));
    await page.setViewportSize({ width: 1280, height: 900 });
  });
});

describe('10,000 tokens', () => {
  const range = (text: string) => page.getByRole('status').getByText(text, { exact: true }).waitFor();

  test('are turned over page by page, the focus staying where it is', async () => {
    await open('/api-tokens?q=bulk-', 'Tokens');
    await range('1–50 of 10,000 tokens');
    const next = page.getByRole('button', { name: 'Next page' });
    await next.press('Enter');
    await range('51–100 of 10,000 tokens');
    await expectFocus(next);
    expect(await page.evaluate(() => window.scrollY)).toBe(0);
    await page.getByRole('button', { name: 'Page 200' }).click();
    await range('9,951–10,000 of 10,000 tokens');
    expect(await page.getByRole('link', { name: /^bulk-/ }).count()).toBe(50);
  });

  test('are sorted from a header, which keeps the focus and says how', async () => {
    await open('/api-tokens?q=bulk-', 'Tokens');
    const header = page.getByRole('columnheader', { name: 'Name' });
    await header.getByRole('button').press('Enter');
    await page.getByRole('link', { name: 'bulk-00001' }).waitFor();
    expect(await header.getAttribute('aria-sort')).toBe('ascending');
    await expectFocus(header.getByRole('button'));
    await header.getByRole('button').press('Enter');
    await page.getByRole('link', { name: 'bulk-10000' }).waitFor();
    expect(await header.getAttribute('aria-sort')).toBe('descending');
  });
});

describe('the address', () => {
  const searchBecomes = (search: Record<string, string>) =>
    expect.poll(() => Object.fromEntries(new URL(page.url()).searchParams), { timeout: 10_000 }).toEqual(search);

  test('holds search, filter and order of the list through a reload, and Back takes them back', async () => {
    await open('/api-tokens', 'Tokens');
    const field = page.getByRole('searchbox', { name: 'Search tokens' });
    await field.fill('bulk-00');
    await searchBecomes({ q: 'bulk-00' });
    await page.getByRole('group', { name: 'Status' }).getByText('Disabled').click();
    await searchBecomes({ q: 'bulk-00', status: 'disabled' });
    await page.getByRole('columnheader', { name: 'Name' }).getByRole('button').click();
    await searchBecomes({ q: 'bulk-00', status: 'disabled', sort: 'name' });
    await page.getByRole('link', { name: 'bulk-00005' }).waitFor();
    await page.reload();
    await page.getByRole('link', { name: 'bulk-00005' }).waitFor();
    expect(await field.inputValue()).toBe('bulk-00');
    expect(await page.getByRole('link', { name: 'bulk-00001' }).count()).toBe(0);
    await page.goBack();
    await searchBecomes({ q: 'bulk-00', status: 'disabled' });
    await page.goBack();
    await searchBecomes({ q: 'bulk-00' });
    expect(await field.inputValue()).toBe('bulk-00');
  });

  test('of a drawer opens it, and Back closes it with the focus where it had been', async () => {
    await open('/audit?action=setup.complete', 'Audit log');
    const details = page.getByRole('button', { name: /^Details of change/ });
    await details.press('Enter');
    await page.getByRole('dialog', { name: 'Change' }).waitFor();
    await page.reload();
    await page.getByRole('dialog', { name: 'Change' }).waitFor();
    await page.goBack();
    await page.getByRole('dialog').waitFor({ state: 'hidden' });
    await details.press('Enter');
    const drawer = page.getByRole('dialog', { name: 'Change' });
    await drawer.waitFor();
    await expectFocusWithin(drawer);
    await page.keyboard.press('Escape');
    await drawer.waitFor({ state: 'hidden' });
    await expectFocus(details);
    expect(new URL(page.url()).search).toBe('?action=setup.complete');
  });
});

test('what was just switched off can be deleted while the message about it is still there', async () => {
  await open('/api-tokens/1?tab=settings', 'bulk-00001');
  await page.getByRole('switch', { name: 'The token is on' }).press('Space');
  const undo = page.getByRole('button', { name: 'Undo' });
  await undo.waitFor();
  await page.getByRole('button', { name: 'Delete token…' }).click({ timeout: 3_000 });
  expect(await undo.count()).toBe(1);
  await page.getByRole('dialog').getByRole('button', { name: 'Cancel' }).click();
  await undo.click();
  await page.getByRole('switch', { name: 'The token is on' }).waitFor();
});

test('a table that needs more room than there is scrolls by itself, not the page', async () => {
  await page.setViewportSize({ width: 800, height: 900 });
  await open('/api-tokens', 'Tokens');
  await page
    .getByRole('link', { name: /^bulk-/ })
    .first()
    .waitFor();
  expect(await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth)).toBeLessThanOrEqual(0);
  await page.setViewportSize({ width: 1280, height: 900 });
});

describe('a viewer', () => {
  const CHANGES = /create|save|discard|\badd\b|remove|delete|revoke|switch o/i;
  let seen: Page;

  beforeAll(async () => {
    const added = await context.request.post(`${server.url}/trpc/admin.addMember`, {
      data: { ...VIEWER, role: 'viewer' },
      headers: { origin: server.url },
    });
    expect(added.ok()).toBe(true);
    const own = await browser.newContext({ viewport: { width: 1280, height: 900 } });
    await signIn(own, { url: server.url, ...VIEWER });
    seen = await own.newPage();
    seen.setDefaultTimeout(20_000);
  });
  afterAll(() => seen?.context().close());

  test.each(['/', '/api-tokens', '/api-tokens/1', '/api-tokens/1?tab=requests', '/api-tokens/1?tab=settings', '/settings'])(
    'sees nothing to change on %s',
    async (path) => {
      await seen.goto(`${server.url}${path}`);
      await seen.getByRole('heading', { level: 1 }).waitFor();
      await seen.waitForLoadState('networkidle');
      const main = seen.getByRole('main');
      expect(await main.getByRole('button', { name: CHANGES }).allInnerTexts()).toEqual([]);
      expect(await main.getByRole('link', { name: CHANGES }).allInnerTexts()).toEqual([]);
      const enabled = await main.getByRole('switch', { disabled: false }).evaluateAll((all) => all.map((each) => each.ariaLabel ?? ''));
      expect(enabled.filter((name) => name.includes('is switched on'))).toEqual([]);
    },
  );

  test('finds in the menu of a token only what changes nothing', async () => {
    await seen.goto(`${server.url}/api-tokens`);
    await seen
      .getByRole('button', { name: /^Actions for/ })
      .first()
      .click();
    await seen.getByRole('menuitem', { name: 'Copy id' }).waitFor();
    expect(await seen.getByRole('menuitem').allInnerTexts()).toEqual(['Open', 'Copy id']);
  });

  test.each(['/audit', '/api-tokens/new'])('is told who may open %s', async (path) => {
    await seen.goto(`${server.url}${path}`);
    await seen.getByRole('heading', { name: 'Not open to your role' }).waitFor();
  });
});

describe('while the server is away', () => {
  const alert = () => page.getByRole('alert').filter({ hasText: 'Latchkey did not answer' });

  test('the list stays with a word about it, other pages say so, too, and Try again brings everything back', async () => {
    await open('/api-tokens', 'Tokens');
    // What the browser reports of the requests that fail from here on is what this is about.
    expect(complaints).toEqual([]);
    await server.stop();
    await page.keyboard.press('r');
    await alert().getByText('These figures are not current').waitFor();
    expect(await page.getByRole('link', { name: /^bulk-/ }).count()).toBeGreaterThan(40);
    await page.getByRole('link', { name: 'Settings', exact: true }).click();
    await page.getByRole('heading', { name: 'Settings', level: 1 }).waitFor();
    await alert().first().waitFor();

    await server.restart();
    await alert().first().getByRole('button', { name: 'Try again' }).click();
    await page.getByText(server.email).waitFor();
    await page.goBack();
    await page
      .getByRole('link', { name: /^bulk-/ })
      .first()
      .waitFor();
    await alert().waitFor({ state: 'hidden' });
  });
});
