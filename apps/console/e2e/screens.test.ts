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
  context = await browser.newContext({ reducedMotion: 'reduce' });
  await signIn(context, server);
});

afterAll(async () => {
  await browser?.close();
  await server?.close();
});

const [WIDE, NARROW] = [1280, 390];
/** Every other one is opened in a narrow window, which is then made wide; every other two on a dark system, which then turns light. */
const OPENED = SCREENS.map((screen, index) => {
  const [scheme, otherScheme] = index % 4 < 2 ? (['light', 'dark'] as const) : (['dark', 'light'] as const);
  const [width, otherWidth] = index % 2 === 0 ? ([WIDE, NARROW] as const) : ([NARROW, WIDE] as const);
  const looks = [
    { scheme, width },
    { scheme: otherScheme, width },
    { scheme: otherScheme, width: otherWidth },
    { scheme, width: otherWidth },
  ] as const;
  return { screen, name: screen.name, looks };
});

async function turnInto(page: Page, { scheme, width }: { scheme: 'light' | 'dark'; width: number }): Promise<void> {
  await page.setViewportSize({ width, height: 900 });
  await page.emulateMedia({ colorScheme: scheme });
}

// Opened once, and then turned into everything that it can be: in a window that changes its width, on a system that goes dark in the evening.
describe.each(OPENED)('$name', ({ screen, looks }) => {
  let page: Page;
  let complaints: string[];

  beforeAll(async () => {
    page = await context.newPage();
    complaints = watchPage(page);
    await turnInto(page, looks[0]);
    await openScreen(page, server.url, screen);
  });
  afterAll(() => page?.close());

  test.each(looks)('in $scheme, $width pixels wide: no serious finding, no sideways scrolling, no complaint', async (look) => {
    await turnInto(page, look);
    await page.locator(`html[data-mantine-color-scheme="${look.scheme}"]`).waitFor();
    expect(await findSerious(page)).toEqual([]);
    expect(await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth)).toBeLessThanOrEqual(0);
    // The browser itself reports what is not there.
    expect(complaints.filter((line) => !(screen.name.endsWith('-unknown') && line.includes('404')))).toEqual([]);
  });
});
