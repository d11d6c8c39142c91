/** One call that a demo consumer makes: how often beside the others, and what usually comes of it. */
export interface DemoCall {
  readonly weight: number;
  readonly method: string;
  readonly path: string;
  /** Median of the response time in milliseconds. */
  readonly medianMs: number;
  /** Statuses other than 200 and their share. */
  readonly failures?: readonly { readonly status: number; readonly share: number }[];
}

/** A demo token with the habits of whoever holds it. */
export interface Persona {
  readonly name: string;
  readonly description: string;
  readonly environment: 'live' | 'test';
  /** Whose token it is; absent: nobody's. */
  readonly owner?: { readonly type: string; readonly id: string };
  /** Absent: `read`. */
  readonly scopes?: readonly string[];
  readonly rateLimit: number;
  readonly allowedEndpoints: string[] | null;
  /** Days from now; negative: in the past. */
  readonly expiresInDays: number | null;
  readonly end?: 'disabled' | 'revoked';
  /** Requests in the busiest hour of a working day. */
  readonly peakPerHour: number;
  /** `office`: by day, quiet at weekends; `always`: a flat machine; `evening`: people at home; `nightly`: one batch at 02:00 UTC. */
  readonly rhythm: 'office' | 'always' | 'evening' | 'nightly';
  /** Days of history before which the token did not exist. */
  readonly ageDays: number;
  /** Days ago at which it fell silent. */
  readonly silentForDays?: number;
  /** Share of its requests that ran into the limit. */
  readonly throttledShare?: number;
  /** Calls at a time, without a pause; default 1. */
  readonly burst?: number;
  readonly userAgent: string;
  readonly addresses: readonly string[];
  readonly calls: readonly DemoCall[];
}

const browse: readonly DemoCall[] = [
  { weight: 50, method: 'GET', path: '/products', medianMs: 18 },
  { weight: 30, method: 'GET', path: '/products/{id}', medianMs: 7, failures: [{ status: 404, share: 0.02 }] },
  { weight: 10, method: 'GET', path: '/categories', medianMs: 5 },
  { weight: 6, method: 'GET', path: '/stores', medianMs: 6 },
  { weight: 4, method: 'GET', path: '/brands', medianMs: 5 },
];

/** A dozen consumers of the sample catalogue; every state and health that the console knows is among them. */
export const PERSONAS: readonly Persona[] = [
  {
    name: 'Mobile app (production)',
    description: 'The shopping app, iOS and Android. Owner: mobile team.',
    environment: 'live',
    owner: { type: 'team', id: 'mobile' },
    rateLimit: 3_000,
    allowedEndpoints: null,
    expiresInDays: null,
    peakPerHour: 520,
    rhythm: 'evening',
    ageDays: 14,
    userAgent: 'Storefront/4.12 (iOS 26.1)',
    addresses: ['198.51.100.17', '198.51.100.62', '203.0.113.9', '2001:db8:4a::71'],
    calls: browse,
  },
  {
    name: 'WordPress plugin',
    description: 'Product boxes in the company blog.',
    environment: 'live',
    owner: { type: 'team', id: 'marketing' },
    rateLimit: 200,
    allowedEndpoints: ['/products*', '/categories*', '/brands*'],
    expiresInDays: 180,
    peakPerHour: 140,
    rhythm: 'office',
    ageDays: 14,
    userAgent: 'WordPress/7.0; https://blog.example.com',
    addresses: ['203.0.113.40'],
    calls: [...browse, { weight: 3, method: 'GET', path: '/stores/{id}/brands', medianMs: 9, failures: [{ status: 403, share: 1 }] }],
  },
  {
    name: 'Partner: Nordlicht price comparison',
    description: 'Reads prices every few minutes. Contract ends with the year.',
    environment: 'live',
    owner: { type: 'partner', id: 'nordlicht' },
    rateLimit: 60,
    allowedEndpoints: ['GET /products*'],
    expiresInDays: 39,
    peakPerHour: 330,
    rhythm: 'always',
    ageDays: 14,
    throttledShare: 0.22,
    burst: 75,
    userAgent: 'nordlicht-fetcher/2.3',
    addresses: ['192.0.2.81', '192.0.2.82'],
    calls: [
      { weight: 70, method: 'GET', path: '/products', medianMs: 24 },
      { weight: 30, method: 'GET', path: '/products/{id}', medianMs: 8 },
    ],
  },
  {
    name: 'Warehouse sync',
    description: 'Writes stock levels after each delivery.',
    environment: 'live',
    owner: { type: 'team', id: 'warehouse' },
    scopes: ['read', 'write'],
    rateLimit: 600,
    allowedEndpoints: ['GET,POST,PUT,DELETE /products*', '/stores*'],
    expiresInDays: 365,
    peakPerHour: 480,
    rhythm: 'nightly',
    ageDays: 14,
    userAgent: 'warehouse-sync/1.8 (java 25)',
    addresses: ['198.51.100.200'],
    calls: [
      { weight: 60, method: 'PUT', path: '/products/{id}', medianMs: 14, failures: [{ status: 404, share: 0.01 }] },
      { weight: 20, method: 'POST', path: '/products', medianMs: 16, failures: [{ status: 400, share: 0.03 }] },
      { weight: 20, method: 'GET', path: '/stores/{id}/brands', medianMs: 9 },
    ],
  },
  {
    name: 'Recommendation engine',
    description: 'Calls an experimental route that fails too often. Ticket SHOP-812.',
    environment: 'live',
    owner: { type: 'team', id: 'data' },
    rateLimit: 1_000,
    allowedEndpoints: null,
    expiresInDays: null,
    peakPerHour: 190,
    rhythm: 'always',
    ageDays: 12,
    userAgent: 'python-httpx/0.31',
    addresses: ['198.51.100.133'],
    calls: [
      { weight: 45, method: 'GET', path: '/unstable', medianMs: 22, failures: [{ status: 500, share: 0.34 }] },
      { weight: 40, method: 'GET', path: '/products/{id}', medianMs: 8 },
      { weight: 15, method: 'GET', path: '/slow', medianMs: 740 },
    ],
  },
  {
    name: 'Nightly report',
    description: 'Management figures, once a night.',
    environment: 'live',
    owner: { type: 'team', id: 'finance' },
    scopes: ['read', 'reports'],
    rateLimit: 300,
    allowedEndpoints: ['GET /*'],
    expiresInDays: 5,
    peakPerHour: 160,
    rhythm: 'nightly',
    ageDays: 14,
    userAgent: 'curl/8.16.0',
    addresses: ['198.51.100.201'],
    calls: [
      { weight: 3, method: 'GET', path: '/slow', medianMs: 910 },
      { weight: 7, method: 'GET', path: '/products', medianMs: 31 },
    ],
  },
  {
    name: 'Trade fair kiosk',
    description: 'Expired with the fair; somebody left the kiosk switched on.',
    environment: 'live',
    rateLimit: 120,
    allowedEndpoints: ['/products*', '/brands*'],
    expiresInDays: -3,
    peakPerHour: 60,
    rhythm: 'office',
    ageDays: 9,
    userAgent: 'KioskBrowser/3.1',
    addresses: ['203.0.113.77'],
    calls: browse,
  },
  {
    name: 'Staging tests',
    description: 'End-to-end tests of the shop.',
    environment: 'test',
    owner: { type: 'team', id: 'quality' },
    scopes: ['read', 'write'],
    rateLimit: 1_000,
    allowedEndpoints: null,
    expiresInDays: 90,
    peakPerHour: 110,
    rhythm: 'office',
    ageDays: 14,
    userAgent: 'Playwright/1.65',
    addresses: ['192.0.2.15'],
    calls: [...browse, { weight: 10, method: 'GET', path: '/missing', medianMs: 4, failures: [{ status: 404, share: 1 }] }],
  },
  {
    name: 'Data science notebook (Ines)',
    description: 'Switched off during the holidays.',
    environment: 'live',
    owner: { type: 'team', id: 'data' },
    rateLimit: 100,
    allowedEndpoints: ['GET /products*'],
    expiresInDays: 60,
    end: 'disabled',
    peakPerHour: 35,
    rhythm: 'office',
    ageDays: 14,
    silentForDays: 4,
    userAgent: 'python-requests/2.34',
    addresses: ['198.51.100.90'],
    calls: browse,
  },
  {
    name: 'Agency: old storefront',
    description: 'Found in a public repository and revoked.',
    environment: 'live',
    owner: { type: 'partner', id: 'pixelwerk' },
    rateLimit: 100,
    allowedEndpoints: null,
    expiresInDays: null,
    end: 'revoked',
    peakPerHour: 45,
    rhythm: 'evening',
    ageDays: 14,
    silentForDays: 6,
    userAgent: 'node-fetch/4.0',
    addresses: ['203.0.113.120', '203.0.113.121'],
    calls: browse,
  },
  {
    name: 'Partner: Südwind marketplace',
    description: 'Made for the launch in spring. Not used yet.',
    environment: 'live',
    owner: { type: 'partner', id: 'suedwind' },
    rateLimit: 500,
    allowedEndpoints: ['/products*', '/stores/*/brands'],
    expiresInDays: 120,
    peakPerHour: 0,
    rhythm: 'always',
    ageDays: 8,
    userAgent: '',
    addresses: [],
    calls: [],
  },
  {
    name: 'In-store price tags (electronic shelf labels, all branches in the north)',
    description: 'About 4,000 labels behind one gateway in each branch.',
    environment: 'live',
    rateLimit: 2_000,
    allowedEndpoints: ['GET /products*', 'GET /stores*'],
    expiresInDays: 300,
    peakPerHour: 260,
    rhythm: 'office',
    ageDays: 14,
    userAgent: 'shelf-gateway/5.0',
    addresses: ['192.0.2.31', '192.0.2.32', '192.0.2.33'],
    calls: [
      { weight: 90, method: 'GET', path: '/products/{id}', medianMs: 6 },
      { weight: 10, method: 'GET', path: '/stores/{id}/brands', medianMs: 8 },
    ],
  },
];
