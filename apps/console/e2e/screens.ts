/** A screen of the console on the demo's data. */
export interface Screen {
  readonly name: string;
  readonly path: string;
  /** Name of the level-1 heading that says it is there. */
  readonly heading: RegExp;
  /** Something that is there once its data is. */
  readonly ready?: string;
}

export const SCREENS: readonly Screen[] = [
  { name: 'overview', path: '/', heading: /^Overview$/, ready: '.recharts-bar-rectangle rect:visible' },
  { name: 'tokens', path: '/api-tokens', heading: /^Tokens$/, ready: 'a[href^="/api-tokens/1"]' },
  { name: 'tokens-no-match', path: '/api-tokens?q=nobody+is+called+like+this', heading: /^Tokens$/ },
  { name: 'create-token', path: '/api-tokens/new', heading: /Create token/ },
  { name: 'import-tokens', path: '/api-tokens/import', heading: /Import tokens/ },
  { name: 'owners', path: '/owners', heading: /^Owners$/, ready: 'text=partner nordlicht' },
  { name: 'tokens-of-owner', path: '/api-tokens?owner=team:data', heading: /^Tokens$/, ready: 'a[href^="/api-tokens/5"]' },
  { name: 'token-usage', path: '/api-tokens/3', heading: /Nordlicht/, ready: '.recharts-bar-rectangle rect:visible' },
  { name: 'token-requests', path: '/api-tokens/5?tab=requests', heading: /Recommendation/, ready: 'text=/unstable' },
  { name: 'token-settings', path: '/api-tokens/3?tab=settings', heading: /Nordlicht/, ready: 'text=Danger zone' },
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
