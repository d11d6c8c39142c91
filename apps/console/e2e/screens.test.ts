import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { findSerious } from './find-serious.ts';
import { launchBrowser } from './launch-browser.ts';
import { launchDemoServer } from './launch-server.ts';
import { openScreen, signIn } from './open-screen.ts';
import { SCREENS } from './screens.ts';
import { watchPage } from './watch-page.ts';

let server: Awaited<ReturnType<typeof launchDemoServer>>;
let browser: Browser;
let context: BrowserContext;

beforeAll(async () => {
  server = await launchDemoServer();
  browser = await launchBrowser();
  context = await browser.newContext({ viewport: { width: 1280, height: 900 }, colorScheme: 'light', reducedMotion: 'reduce' });
  await signIn(context, server);
});

afterAll(async () => {
  await browser?.close();
  await server?.close();
});

const [WIDE, NARROW] = [1280, 390];
/** Every other one is opened in a narrow window, which is then made wide. */
const OPENED = SCREENS.map((screen, index) => ({ screen, name: screen.name, widths: index % 2 === 0 ? [WIDE, NARROW] : [NARROW, WIDE] }));

// Opened once, and then turned into everything that it can be: in a window that changes its width, on a system that goes dark in the evening.
describe.each(OPENED)('$name', ({ screen, widths: [first = WIDE, second = NARROW] }) => {
  let page: Page;
  let complaints: string[];

  beforeAll(async () => {
    page = await context.newPage();
    complaints = watchPage(page);
    await page.setViewportSize({ width: first, height: 900 });
    await openScreen(page, server.url, screen);
  });
  afterAll(() => page?.close());

  test.each([
    ['light', first],
    ['dark', first],
    ['dark', second],
    ['light', second],
  ] as const)('in %s, %i pixels wide: no serious finding, no sideways scrolling, no complaint', async (colorScheme, width) => {
    await page.setViewportSize({ width, height: 900 });
    await page.emulateMedia({ colorScheme });
    await page.locator(`html[data-mantine-color-scheme="${colorScheme}"]`).waitFor();
    expect(await findSerious(page)).toEqual([]);
    expect(await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth)).toBeLessThanOrEqual(0);
    // The browser itself reports what is not there.
    expect(complaints.filter((line) => !(screen.name.endsWith('-unknown') && line.includes('404')))).toEqual([]);
  });
});
