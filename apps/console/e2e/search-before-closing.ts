import { createOutputSearch } from '@latchkey/server/testing/output-search';
import type { Browser, BrowserContext, Frame, Page } from 'playwright-core';

/**
 * From now on the closing of a page, of a context and of the browser fails where the text of a token is in what they kept – cookies, storages,
 * databases, caches, the state of the history –, in an address that they asked for, or in a line that they wrote to the console.
 */
export function searchBeforeClosing(browser: Browser): void {
  const newContext = browser.newContext.bind(browser);
  browser.newContext = async (options) => watchContext(await newContext(options));
  const close = browser.close.bind(browser);
  browser.close = async (options) => {
    try {
      for (const context of browser.contexts()) await context.close();
    } finally {
      await close(options);
    }
  };
}

function watchContext(context: BrowserContext): BrowserContext {
  const search = createOutputSearch('what a browser has kept, asked for or said');
  const push = (place: string, text: string) => search.push(place, `${text}\n`);
  context.on('request', (request) => push('an address', request.url()));
  context.on('console', (message) => push('the console', message.text()));
  context.on('page', (page) => searchPageBeforeClosing(page, push));
  const close = context.close.bind(context);
  context.close = async (options) => {
    for (const page of context.pages()) await searchPage(page, push);
    if (!context.isClosed()) await searchContext(context, push);
    await close(options);
    search.refuse();
  };
  return context;
}

type Push = (place: string, text: string) => void;

/** What goes with a page is told of when its context is closed. */
function searchPageBeforeClosing(page: Page, push: Push): void {
  const close = page.close.bind(page);
  page.close = async (options) => {
    if (!page.isClosed()) await searchPage(page, push);
    await close(options);
  };
}

async function searchContext(context: BrowserContext, push: Push): Promise<void> {
  const { cookies, origins } = await context.storageState({ indexedDB: true });
  push('cookies', JSON.stringify(cookies));
  for (const { localStorage, ...databases } of origins) {
    push('localStorage', JSON.stringify(localStorage));
    push('IndexedDB', JSON.stringify(databases));
  }
}

async function searchPage(page: Page, push: Push): Promise<void> {
  for (const frame of page.frames().filter((each) => each.url().startsWith('http'))) {
    for (const [place, text] of await readKept(frame)) push(place, text);
  }
}

/** Of a frame that is on its way somewhere else, there. */
async function readKept(frame: Frame): Promise<readonly (readonly [string, string])[]> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await frame.evaluate(keptByThisPage);
    } catch (error) {
      if (frame.isDetached()) return [];
      if (attempt === 3) throw error;
      await frame.waitForLoadState();
    }
  }
}

/** Runs in the page. */
async function keptByThisPage(): Promise<[string, string][]> {
  const cached: string[] = [];
  for (const name of await caches.keys()) {
    const cache = await caches.open(name);
    for (const request of await cache.keys()) cached.push(request.url, (await (await cache.match(request))?.text()) ?? '');
  }
  return [
    ['an address', location.href],
    ['sessionStorage', JSON.stringify({ ...sessionStorage })],
    ['the state of the history', JSON.stringify(history.state)],
    ['a cache', cached.join('\n')],
  ];
}
