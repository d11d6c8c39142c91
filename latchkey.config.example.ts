// What tokens may be in a deployment. Copy it to latchkey.config.ts beside package.json (or name another place in LATCHKEY_CONFIG), and
// leave out what you do not need: every member is optional. docs/configuration.md explains them. The server checks all of it when it
// starts, and says everything that is wrong at once.
import { defineConfig } from '@latchkey/server/config';

export default defineConfig({
  // The vocabulary: what a token can be allowed, in the words that people choose by.
  scopes: {
    read: 'Read everything in the catalogue',
    write: 'Change products and brands',
    admin: 'Everything, deletions included',
  },
  defaultScopes: ['read'],

  // `sk_live_…` for servers, `pk_live_…` for what is shipped to browsers and apps.
  keyTypes: {
    secret: { prefix: 'sk' },
    publishable: { prefix: 'pk', permissions: ['read'], revocable: false, public: true, limit: 1 },
  },
  environments: { live: { prefixSegment: 'live' }, test: { prefixSegment: 'test' } },
  currentEnvironment: 'live',
  strictEnvironmentIsolation: true,

  // Whoever tokens belong to.
  owners: {
    organization: { maxTokens: 25, requireName: true },
    user: { maxTokens: 10, availableScopes: ['read', 'write'] },
  },

  // Seconds. Tokens live 90 days unless they say otherwise, and a year at most.
  expiry: { default: 90 * 86_400, max: 365 * 86_400 },

  // Keys that clients of better-auth make, by the options of its plug-in: docs/better-auth.md.
  apiKeyConfigurations: [{ defaultPrefix: 'shop_', rateLimit: { timeWindow: 60_000, maxRequests: 100 } }],

  // What all tokens of one owner may do together, whatever each of them may do by itself.
  pools: {
    organization: [{ name: 'team', max: 10_000, windowMs: 60_000 }],
  },

  // What endpoints ask for beyond a valid token, and what they cost.
  rules: [
    { endpoint: 'POST,PUT,PATCH /*', scopes: ['write'] },
    { endpoint: 'DELETE /*', scopes: ['admin'] },
    { endpoint: 'GET /products/search*', cost: 5 },
  ],
});
