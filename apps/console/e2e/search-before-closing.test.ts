import { createTokenText } from '@latchkey/core';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { launchBrowser } from './launch-browser.ts';

let browser: Browser;
beforeAll(async () => {
  browser = await launchBrowser();
});
afterAll(() => browser?.close());

async function openPage(): Promise<Page> {
  const context = await browser.newContext();
  await context.route('http://localhost/**', (route) =>
    route.fulfill({ contentType: 'text/html', body: '<!doctype html><title>Page</title>' }),
  );
  const page = await context.newPage();
  await page.goto('http://localhost/');
  return page;
}

test.each<[place: string, plant: (page: Page, text: string) => Promise<unknown>]>([
  ['localStorage', (page, text) => page.evaluate((kept) => localStorage.setItem('kept', kept), text)],
  ['sessionStorage', (page, text) => page.evaluate((kept) => sessionStorage.setItem('kept', kept), text)],
  ['cookies', (page, text) => page.evaluate((kept) => void cookieStore.set('kept', kept), text)],
  ['the state of the history', (page, text) => page.evaluate((kept) => history.replaceState({ kept }, ''), text)],
  ['an address', (page, text) => page.goto(`http://localhost/#${text}`)],
  ['an address', (page, text) => page.evaluate((kept) => fetch(`/asked?token=${kept}`).then(() => undefined), text)],
  ['the console', (page, text) => page.evaluate(`console.debug('${text}')`)],
  ['a cache', (page, text) => page.evaluate(async (kept) => (await caches.open('c')).put('/', new Response(kept)), text)],
  [
    'IndexedDB',
    (page, text) =>
      page.evaluate(
        (kept) =>
          new Promise<void>((resolve, reject) => {
            const opening = indexedDB.open('d');
            opening.onerror = () => reject(opening.error);
            opening.onupgradeneeded = () => opening.result.createObjectStore('s');
            opening.onsuccess = () => {
              const transaction = opening.result.transaction('s', 'readwrite');
              transaction.objectStore('s').put({ kept }, 1);
              transaction.oncomplete = () => resolve();
            };
          }),
        text,
      ),
  ],
])('the text of a token in %s makes the closing of its context fail', async (place, plant) => {
  const page = await openPage();
  await plant(page, createTokenText('lk_live_'));
  await page.evaluate(() => document.title);
  await expect(page.context().close()).rejects.toThrow(
    `Texts of valid tokens are in what a browser has kept, asked for or said: ${place} (`,
  );
});

test('what a page keeps that is closed before makes it fail, too', async () => {
  const page = await openPage();
  await page.evaluate((kept) => sessionStorage.setItem('kept', kept), createTokenText('lk_live_'));
  await page.close();
  await expect(page.context().close()).rejects.toThrow('sessionStorage (1)');
});

test('so does the browser with whatever is open in it, and it is closed all the same', async () => {
  const own = await launchBrowser();
  const page = await own.newPage();
  await page.route('http://localhost/**', (route) => route.fulfill({ contentType: 'text/html', body: '<!doctype html>' }));
  await page.goto(`http://localhost/?token=${createTokenText('lk_live_')}`);
  await expect(own.close()).rejects.toThrow('an address (');
  expect(own.isConnected()).toBe(false);
});

test('no text, no failure', async () => {
  const page = await openPage();
  await page.evaluate(() => localStorage.setItem('kept', 'lk_live_••••abc1'));
  await page.context().close();
});
