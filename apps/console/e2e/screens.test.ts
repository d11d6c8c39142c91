import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { launchBrowser } from './launch-browser.ts';
import { launchDemoServer } from './launch-server.ts';
import { openScreen, signIn } from './open-screen.ts';
import { SCREENS } from './screens.ts';
import { watchPage } from './watch-page.ts';

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

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

/** What axe finds that is serious or critical, with the place. */
async function seriousFindings(page: Page): Promise<string[]> {
  // The page's policy forbids scripts that are put into it; the debugger's own evaluation is not bound by it.
  await page.evaluate(AXE);
  return page.evaluate(async () => {
    const { axe } = globalThis as unknown as { axe: typeof import('axe-core') };
    const { violations } = await axe.run(document, { resultTypes: ['violations'] });
    const grave = violations.filter((one) => one.impact === 'serious' || one.impact === 'critical');
    return grave.flatMap((one) =>
      one.nodes.map((node) => `${one.id}: ${node.target.join(' ')} ${node.failureSummary?.split('\n')[1] ?? ''}`),
    );
  });
}

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
      expect(await seriousFindings(page)).toEqual([]);
      expect(await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth)).toBeLessThanOrEqual(0);
      // The browser itself reports the token that is not there.
      expect(complaints.filter((line) => !(screen.name === 'token-unknown' && line.includes('404')))).toEqual([]);
      await page.close();
    });
  });
});
