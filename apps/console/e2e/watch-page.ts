import type { Page } from 'playwright-core';

/** Collects what a page complains about: console errors and warnings, and errors that nobody caught. */
export function watchPage(page: Page): string[] {
  const complaints: string[] = [];
  page.on('pageerror', (error) => complaints.push(`${page.url()}: ${error.message}`));
  page.on('console', (message) => {
    if (message.type() !== 'error' && message.type() !== 'warning') return;
    complaints.push(`${page.url()}: ${message.text()}`);
  });
  return complaints;
}
