import type { Page } from 'playwright-core';

/** A screen of the console on the demo's data. */
export interface Screen {
  readonly name: string;
  readonly path: string;
  /** Name of the level-1 heading that says it is there. */
  readonly heading: RegExp;
  /** Something that is there once its data is. */
  readonly ready?: string;
  /** What is pressed once it is there; it may be done again and again. */
  readonly act?: (page: Page) => Promise<void>;
}

const EVIDENCE = 'text=This would have been enough';
const DENIED = 'text=Endpoint not allowed >> visible=true';

async function askWhy(page: Page): Promise<void> {
  await page
    .getByRole('button', { name: /: details$/ })
    .first()
    .click();
  await page.getByRole('button', { name: 'Why?' }).click();
  await page.getByRole('list', { name: /^Checks/ }).scrollIntoViewIfNeeded();
}

async function askWhetherItPasses(page: Page): Promise<void> {
  const form = page.getByRole('form', { name: 'Would it pass?' });
  await form.getByRole('combobox', { name: 'Method' }).selectOption('POST');
  await form.getByRole('textbox').fill('/products');
  await form.getByRole('button', { name: 'Check' }).click();
  await page.getByText(/^Would be refused now/).waitFor();
  await page.getByRole('list', { name: /^Checks/ }).scrollIntoViewIfNeeded();
}

async function tryLimit(page: Page): Promise<void> {
  const form = page.getByRole('form', { name: 'Rate limit' });
  await form.getByRole('textbox', { name: 'Requests' }).fill('5');
  await form.getByRole('button', { name: 'Try this limit on the last' }).click();
  await form.getByText(/would have refused/).waitFor();
}

async function showEvidence(page: Page): Promise<void> {
  await page.getByText('This would have been enough').scrollIntoViewIfNeeded();
}

async function startDryRun(page: Page): Promise<void> {
  await page
    .getByRole('region', { name: 'Granted and used' })
    .getByRole('button', { name: /^Dry run/ })
    .click();
  await page.getByText(/^Watching\./).waitFor();
  await page.getByRole('tab', { name: 'Usage' }).click();
  await page.getByText(/^(Would have refused|No request came since)/).waitFor();
}

export const SCREENS: readonly Screen[] = [
  { name: 'overview', path: '/', heading: /^Overview$/, ready: '.recharts-bar-rectangle rect:visible' },
  { name: 'tokens', path: '/api-tokens', heading: /^Tokens$/, ready: 'a[href^="/api-tokens/1"]' },
  { name: 'tokens-no-match', path: '/api-tokens?q=nobody+is+called+like+this', heading: /^Tokens$/ },
  { name: 'create-token', path: '/api-tokens/new', heading: /Create token/ },
  { name: 'import-tokens', path: '/api-tokens/import', heading: /Import tokens/ },
  { name: 'operations', path: '/operations', heading: /^Operations$/, ready: 'text=up to date >> visible=true' },
  { name: 'owners', path: '/owners', heading: /^Owners$/, ready: 'text=partner nordlicht' },
  { name: 'tokens-of-owner', path: '/api-tokens?owner=team:data', heading: /^Tokens$/, ready: 'a[href^="/api-tokens/5"]' },
  { name: 'token-usage', path: '/api-tokens/3', heading: /Nordlicht/, ready: '.recharts-bar-rectangle rect:visible' },
  { name: 'token-requests', path: '/api-tokens/5?tab=requests', heading: /Recommendation/, ready: 'text=/unstable' },
  { name: 'token-settings', path: '/api-tokens/3?tab=settings', heading: /Nordlicht/, ready: 'text=Danger zone' },
  { name: 'token-why', path: '/api-tokens/2?tab=requests&outcome=ENDPOINT_NOT_ALLOWED', heading: /WordPress/, ready: DENIED, act: askWhy },
  {
    name: 'token-would-it-pass',
    path: '/api-tokens/2?tab=settings',
    heading: /WordPress/,
    ready: 'text=Danger zone',
    act: askWhetherItPasses,
  },
  { name: 'token-what-if', path: '/api-tokens/4?tab=settings', heading: /Warehouse/, ready: 'text=Danger zone', act: tryLimit },
  { name: 'token-evidence', path: '/api-tokens/1?tab=settings', heading: /Mobile/, ready: EVIDENCE, act: showEvidence },
  { name: 'token-dry-run', path: '/api-tokens/8?tab=settings', heading: /Staging/, ready: EVIDENCE, act: startDryRun },
  { name: 'rotate-token', path: '/api-tokens/3?tab=settings&rotate=true', heading: /Nordlicht/, ready: 'text=24 hours' },
  { name: 'token-history', path: '/api-tokens/9?tab=history', heading: /Ines/ },
  { name: 'token-unknown', path: '/api-tokens/999999', heading: /./ },
  { name: 'audit-log', path: '/audit', heading: /Audit log/ },
  { name: 'settings', path: '/settings', heading: /Settings/, ready: 'a[href="/settings/webhooks/1"]' },
  { name: 'webhook', path: '/settings/webhooks/1', heading: /Incident channel/, ready: 'text=webhook.test' },
  { name: 'webhook-delivery', path: '/settings/webhooks/1?delivery=2', heading: /Incident channel/, ready: 'text=closed for the night' },
  { name: 'webhook-unknown', path: '/settings/webhooks/999999', heading: /Webhook not found/ },
  { name: 'not-found', path: '/no/such/page', heading: /./ },
];
