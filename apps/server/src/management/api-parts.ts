import { type ApiParts, createRevealStore, withTrueRemaining } from '@latchkey/api';
import { createTokenMint, type TokenDigester } from '@latchkey/bearer-auth';
import packageJson from '../../package.json' with { type: 'json' };
import type { Gateway } from '../gateway/open-gateway.ts';
import { tellChanges } from '../gateway/tell-changes.ts';
import { createPortalMint } from '../portal/create-portal-mint.ts';
import type { ServerOptions } from '../server-options.ts';
import { allLeases } from '../thread/all-leases.ts';

/** What the procedures stand on, but for what has an end of its own. */
export function apiParts(
  options: ServerOptions,
  accounts: ApiParts['accounts'],
  digester: TokenDigester,
  gateway: Gateway,
): Omit<ApiParts, 'webhookSender' | 'findToken'> {
  const { config, policy, database, secrets, demo = false } = options;
  return {
    tokens: withTrueRemaining(database.tokens, allLeases(gateway.quota, gateway.threads), Date.now),
    owners: database.owners,
    secrets: database.secrets,
    usage: database.usage,
    audit: database.audit,
    webhooks: database.webhooks,
    accounts,
    mint: createTokenMint(digester),
    counter: gateway.counter.counter,
    portal: {
      sessions: database.portalSessions,
      mint: createPortalMint(secrets.authSecret),
      reveals: createRevealStore({ now: Date.now }),
    },
    policy,
    facts: {
      version: packageJson.version,
      demo,
      sampleApi: config.upstreamUrl === null,
      get rateLimitMode() {
        return gateway.counter.mode();
      },
      get gateways() {
        return database.gateways.liveCount();
      },
      logRetentionDays: config.usageRetentionDays,
    },
    now: Date.now,
    gateways: database.gateways,
    tokensChanged: tellChanges(database, gateway),
  };
}
