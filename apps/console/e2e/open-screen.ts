import type { BrowserContext, Page } from 'playwright-core';
import type { Screen } from './screens.ts';

/** Gives a browser context the session of an account. */
export async function signIn(
  context: BrowserContext,
  { url, email, password }: { url: string; email: string; password: string },
): Promise<void> {
  const response = await context.request.post(`${url}/api/auth/sign-in/email`, { data: { email, password }, headers: { origin: url } });
  if (!response.ok()) throw new Error(`Sign-in failed: ${response.status()} ${await response.text()}`);
}

/** Opens a screen and waits for its heading, its data, and for the network to be quiet; then does what belongs to it. */
export async function openScreen(page: Page, url: string, { path, heading, ready, act }: Screen): Promise<void> {
  await page.goto(`${url}${path}`);
  await page.getByRole('heading', { name: heading, level: 1 }).first().waitFor();
  if (ready) await page.locator(ready).first().waitFor();
  await page.waitForLoadState('networkidle');
  if (act === undefined) return;
  await act(page);
  await page.waitForLoadState('networkidle');
}
