import type { RequestListener } from 'node:http';
import path from 'node:path';
import { createGuard, createQuotaKeeper, type Guard, openSpool, type QuotaKeeper, type TokenDigester } from '@latchkey/bearer-auth';
import { createNodeGuard } from '@latchkey/bearer-auth/node';
import { startSampleApi } from '@latchkey/sample-api';
import { createForwardAuth } from '../forward-auth/create-forward-auth.ts';
import { isVerifyRequest } from '../http/is-public-request.ts';
import { createRateCounter, type RateCounter } from '../limit/create-counter.ts';
import { createMetrics, type Metrics } from '../metrics/create-metrics.ts';
import { createSelfManagement } from '../self-management/create-self-management.ts';
import { createTokenState, isTokenStateRequest } from '../self-management/create-token-state.ts';
import { ownTokenParts } from '../self-management/own-token-parts.ts';
import type { ServerOptions } from '../server-options.ts';
import { openShipper } from '../usage/open-shipper.ts';
import { createClientAddressReader } from './client-address.ts';
import { createSecureReader } from './client-facts-reader.ts';
import { createGuardHooks } from './guard-hooks.ts';
import { logQuotaProblem, logSpoolProblem } from './log-problems.ts';
import { createReverseProxy } from './reverse-proxy.ts';
import { createTrustedPeers } from './trusted-peers.ts';

export interface Gateway {
  readonly guard: Guard;
  /** Answers requests to the public API, and what proxies ask about theirs. */
  readonly listener: RequestListener;
  readonly quota: QuotaKeeper;
  readonly counter: RateCounter;
  readonly metrics: Metrics;
  /** Whether usage records are taken, without which nothing is served. */
  isAccepting(): boolean;
}

/** What decides about requests, and what the decision stands on. */
type GuardParts = Omit<Gateway, 'listener'>;

/** The public API: the guard, and behind it the token's own calls and the upstream. */
export async function openGateway(options: ServerOptions, digester: TokenDigester, parts: AsyncDisposableStack): Promise<Gateway> {
  const { config, policy, logger } = options;
  const guarded = await openGuard(options, digester, parts);
  const { guard } = guarded;
  const trusted = createTrustedPeers(config.trustedProxies);
  const client = {
    clientAddress: createClientAddressReader(trusted),
    ...(config.requireHttps && { isSecure: createSecureReader(trusted) }),
  };
  const door = { mount: '/api', ...client };
  const nodeGuard = createNodeGuard(guard, door);
  const upstream = config.upstreamUrl ?? (await openSampleApi(parts));
  const proxy = createReverseProxy({ upstream, trusted, deny: nodeGuard.deny });
  parts.defer(() => proxy.close());
  const own = { parts: ownTokenParts(options, digester, guarded), logger };
  const handler = policy.selfManagement ? createSelfManagement({ ...own, next: proxy.handle }) : proxy.handle;
  const publicApi = nodeGuard.protect(handler);
  const forwardAuth = createForwardAuth({ guard, trusted, mount: config.forwardAuthMount, ...client });
  const tokenState = createTokenState(guard, door, own);
  const listenerOf = (target: string): RequestListener => {
    if (isVerifyRequest(target)) return forwardAuth;
    return isTokenStateRequest(target) ? tokenState : publicApi;
  };
  return { ...guarded, listener: (req, res) => listenerOf(req.url ?? '')(req, res) };
}

/** The guard with its counters, its quotas and the spool of its records. */
async function openGuard(options: ServerOptions, digester: TokenDigester, parts: AsyncDisposableStack): Promise<GuardParts> {
  const { config, policy, callbacks, database, logger } = options;
  const metrics = createMetrics();
  const onProblem = logSpoolProblem(logger);
  const shipper = await openShipper(options, ['spool'], parts);
  const spool = openSpool({ ...config.spool, directory: path.join(options.dataDirectory, 'spool'), onProblem });
  parts.defer(() => spool.close());
  const reader = shipper.ship(spool);
  parts.defer(() => reader.close());
  const counter = await createRateCounter({ address: config.valkey, logger, liveGateways: database.gateways.liveCount });
  parts.defer(() => counter.close());
  const quota = createQuotaKeeper({ ledger: database.quotaLedger, now: Date.now, onError: logQuotaProblem(logger) });
  parts.defer(() => quota.close());
  const hooks = createGuardHooks(callbacks, logger);
  const guard = createGuard({
    tokens: database.tokenSource,
    counter: counter.counter,
    usage: metrics.count(spool),
    digester,
    now: Date.now,
    realm: 'latchkey',
    requireHttps: config.requireHttps,
    environment: policy.strictEnvironmentIsolation ? policy.currentEnvironment : null,
    rules: policy.rules,
    pools: policy.pools,
    quota,
    maxStaleSeconds: config.maxStaleSeconds,
    ...(hooks && { hooks }),
  });
  parts.defer(() => guard.close());
  metrics.watch({ guard, spool, reader });
  metrics.watchLimits(counter);
  metrics.watchQuotas(quota);
  metrics.watchShipper(shipper);
  return { guard, quota, counter, metrics, isAccepting: () => spool.accepting };
}

async function openSampleApi(parts: AsyncDisposableStack): Promise<URL> {
  const sampleApi = await startSampleApi();
  parts.defer(() => sampleApi.close());
  return new URL(sampleApi.url);
}
