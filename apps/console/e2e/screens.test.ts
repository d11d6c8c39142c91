import type { Browser, BrowserContext } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { findSerious } from './find-serious.ts';
import { launchBrowser } from './launch-browser.ts';
import { launchDemoServer } from './launch-server.ts';
import { openScreen, signIn } from './open-screen.ts';
import { SCREENS } from './screens.ts';
import { watchPage } from './watch-page.ts';

let server: Awaited<ReturnType<typeof launchDemoServer>>;
let browser: Browser;

beforeAll(async () => {
  server = await launchDemoServer();
  browser = await launchBrowser();
});

afterAll(async () => {
  await browser?.close();
  await server?.close();
});

describe.each(['light', 'dark'] as const)('in %s', (colorScheme) => {
  describe.each([1280, 390])('%i pixels wide', (width) => {
    let context: BrowserContext;

    beforeAll(async () => {
      context = await browser.newContext({ viewport: { width, height: 900 }, colorScheme, reducedMotion: 'reduce' });
      await signIn(context, server);
    });
    afterAll(() => context?.close());

    test.each(SCREENS)('$name: no serious finding, no sideways scrolling, no complaint', async (screen) => {
      const page = await context.newPage();
      const complaints = watchPage(page);
      await openScreen(page, server.url, screen);
      expect(await findSerious(page)).toEqual([]);
      expect(await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth)).toBeLessThanOrEqual(0);
      // The browser itself reports what is not there.
      expect(complaints.filter((line) => !(screen.name.endsWith('-unknown') && line.includes('404')))).toEqual([]);
      await page.close();
    });
  });
});
