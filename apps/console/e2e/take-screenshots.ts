// Takes the pictures in docs/screenshots: every screen on the demo's data, light and dark, and the narrow ones of the most used.
//   npm run screenshots
import { mkdir, rm } from 'node:fs/promises';
import path from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { launchBrowser } from './launch-browser.ts';
import { launchPortalServer } from './launch-portal.ts';
import { launchDemoServer, launchFreshServer } from './launch-server.ts';
import { openScreen, signIn } from './open-screen.ts';
import { SCREENS } from './screens.ts';

const DIRECTORY = path.resolve(import.meta.dirname, '../../../docs/screenshots');
const SCHEMES = ['light', 'dark'] as const;
const ALSO_NARROW: ReadonlySet<string> = new Set(['overview', 'tokens', 'create-token', 'operations', 'token-usage', 'webhook']);

type Scheme = (typeof SCHEMES)[number];

function shoot(page: Page, name: string): Promise<Buffer> {
  return page.screenshot({ path: path.join(DIRECTORY, `${name}.png`), animations: 'disabled', caret: 'hide' });
}

async function shootScreens(browser: Browser, server: Awaited<ReturnType<typeof launchDemoServer>>, colorScheme: Scheme, width: number) {
  const context = await browser.newContext({ viewport: { width, height: width < 600 ? 844 : 900 }, colorScheme, reducedMotion: 'reduce' });
  await signIn(context, server);
  const page = await context.newPage();
  const narrow = width < 600;
  for (const screen of SCREENS.filter(({ name }) => !narrow || ALSO_NARROW.has(name))) {
    await openScreen(page, server.url, screen);
    await shoot(page, `${screen.name}-${colorScheme}${narrow ? '-narrow' : ''}`);
  }
  if (!narrow) await shootSecret(page, server.url, colorScheme);
  await context.close();
}

/** The secret is one of a server that is gone a moment later. */
async function shootSecret(page: Page, url: string, colorScheme: Scheme): Promise<void> {
  await page.goto(`${url}/api-tokens/new`);
  await page.getByRole('textbox', { name: 'Name' }).fill('ci-deploy');
  await page.getByRole('button', { name: 'Create token' }).click();
  await page.getByTestId('secret').waitFor();
  await shoot(page, `secret-${colorScheme}`);
}

async function shootDoors(browser: Browser): Promise<void> {
  const server = await launchFreshServer();
  const link = /Create the first administrator: (\S+)/.exec(server.said())?.[1] ?? '';
  for (const colorScheme of SCHEMES) {
    const page = await browser.newPage({ viewport: { width: 1280, height: 900 }, colorScheme });
    await page.goto(link);
    await page.getByLabel('Your name').waitFor();
    await shoot(page, `set-up-${colorScheme}`);
    await page.goto(`${server.url}/sign-in`);
    await page.getByRole('heading', { level: 1 }).waitFor();
    await shoot(page, `sign-in-${colorScheme}`);
    await page.close();
  }
  await server.close();
}

/** The portal as an owner with a few keys sees it. Its key is one of a server that is gone a moment later. */
async function shootPortal(browser: Browser): Promise<void> {
  const server = await launchPortalServer();
  const host = {
    owner_type: 'customer',
    owner_name: 'Nordlicht GmbH',
    return_url: 'https://app.example.com/',
    return_text: 'Back to Nordlicht',
  };
  for (const colorScheme of SCHEMES) {
    for (const width of [1280, 390]) {
      const page = await browser.newPage({ viewport: { width, height: width < 600 ? 844 : 900 }, colorScheme });
      const end = `${colorScheme}${width < 600 ? '-narrow' : ''}`;
      await page.goto(await server.requestPortal({ ...host, owner_id: end }));
      await page.getByRole('button', { name: 'Create Publishable Key' }).click();
      await page.getByText('Publishable key created!').waitFor();
      for (const name of ['CI deploy', 'Production Server']) {
        await page.getByRole('button', { name: 'Create new key' }).click();
        await page.getByRole('textbox', { name: 'Name' }).fill(name);
        await page.getByRole('button', { name: 'Create key' }).click();
        await page.getByTestId('secret').waitFor();
        if (name === 'CI deploy') await shoot(page, `portal-secret-${end}`);
        await page.getByRole('button', { name: 'Back to your keys' }).click();
      }
      await page.getByRole('button', { name: 'Revoke Production Server' }).waitFor();
      await page.waitForLoadState('networkidle');
      await shoot(page, `portal-${end}`);
      await page.close();
    }
  }
  await server.close();
}

await rm(DIRECTORY, { recursive: true, force: true });
await mkdir(DIRECTORY, { recursive: true });
const browser = await launchBrowser();
const demo = await launchDemoServer();
for (const colorScheme of SCHEMES) {
  for (const width of [1280, 390]) await shootScreens(browser, demo, colorScheme, width);
}
await demo.close();
await shootDoors(browser);
await shootPortal(browser);
await browser.close();
