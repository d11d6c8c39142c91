import path from 'node:path';
import type { TokenDigester } from '@latchkey/bearer-auth';
import type { ProtectedHandler } from '@latchkey/bearer-auth/node';
import { startSampleApi } from '@latchkey/sample-api';
import type { Listener } from '../http/listener.ts';
import { createSelfManagement } from '../self-management/create-self-management.ts';
import { createTokenState, isTokenStateRequest } from '../self-management/create-token-state.ts';
import { ownTokenParts } from '../self-management/own-token-parts.ts';
import type { ServerOptions } from '../server-options.ts';
import { type Counting, countersOf, createCounting } from '../thread/counting.ts';
import type { GatewayThreads } from '../thread/gateway-threads.ts';
import { spoolNames } from '../thread/thread-spool.ts';
import { openTracing } from '../tracing/open-tracing.ts';
import type { Tracing } from '../tracing/tracing.ts';
import type { Shipper } from '../usage/create-shipper.ts';
import { openShipper } from '../usage/open-shipper.ts';
import { createLaneRule } from './lane/lane-rule.ts';
import type { LaneRoute } from './lane/open-lane.ts';
import { type GuardParts, openGuard } from './open-guard.ts';
import { openPublicApi, publicDoor } from './open-public-api.ts';

export interface Gateway extends GuardParts {
  /** Answers requests to the public API, and what proxies ask about theirs. */
  readonly listener: Listener;
  /** Answers plain requests to the public API without it; `null`: nothing does. */
  readonly lane: LaneRoute | null;
  readonly upstream: URL;
  readonly tracing: Tracing | null;
  readonly counting: Counting;
  readonly shipper: Shipper;
  /** The threads that serve in place of this one, from when they are started. */
  readonly threads: AttachedThreads;
}

export interface AttachedThreads {
  current: GatewayThreads | null;
}

/** The public API in the main thread: the guard, and behind it the token's own calls and the upstream. */
export async function openGateway(options: ServerOptions, digester: TokenDigester, parts: AsyncDisposableStack): Promise<Gateway> {
  const { config, policy, database, dataDirectory, logger } = options;
  const tracing = await openTracing(config, logger, parts);
  const counting = createCounting(config.threads);
  const shipper = await openShipper(options, spoolNames(config.threads), parts);
  const sources = {
    tokens: database.tokenSource,
    quotaLedger: database.quotaLedger,
    ship: shipper.ship,
    spoolDirectory: path.join(dataDirectory, 'spool'),
    localCounter: counting.counter,
    liveCounters: () => countersOf(database.gateways.liveThreads()),
    isThread: false,
    tracing,
  };
  const guarded = await openGuard(options, sources, digester, parts);
  guarded.metrics.watchShipper(shipper);
  const threads: AttachedThreads = { current: null };
  const upstream = config.upstreamUrl ?? (await openSampleApi(parts));
  const own = { parts: ownTokenParts(options, digester, { ...guarded, threads }), logger };
  const manage = (next: ProtectedHandler): ProtectedHandler => (policy.selfManagement ? createSelfManagement({ ...own, next }) : next);
  const publicApi = openPublicApi(options, guarded.guard, { upstream, tracing, before: manage }, parts);
  const tokenState = createTokenState(guarded.guard, publicDoor(config), own);
  const listener: Listener = (req, res) => (isTokenStateRequest(req.url ?? '') ? tokenState : publicApi.listener)(req, res);
  const lane = publicApi.lane && { parts: publicApi.lane, isFor: createLaneRule(policy) };
  return { ...guarded, listener, lane, upstream, tracing, counting, shipper, threads };
}

async function openSampleApi(parts: AsyncDisposableStack): Promise<URL> {
  const sampleApi = await startSampleApi();
  parts.defer(() => sampleApi.close());
  return new URL(sampleApi.url);
}
