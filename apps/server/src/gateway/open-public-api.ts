import type { Guard } from '@latchkey/bearer-auth';
import { createNodeGuard, type ProtectedHandler } from '@latchkey/bearer-auth/node';
import { requestIds } from '@latchkey/bearer-auth/own-exchange';
import type { Config } from '../config/config.ts';
import { createForwardAuth } from '../forward-auth/create-forward-auth.ts';
import { isVerifyRequest } from '../http/is-public-request.ts';
import type { Listener } from '../http/listener.ts';
import type { ReceivedHead } from '../http/received-head.ts';
import type { ServerOptions } from '../server-options.ts';
import type { Tracing } from '../tracing/tracing.ts';
import { createClientAddressReader } from './client-address.ts';
import { connectionProtocol, createSecureReader } from './client-facts-reader.ts';
import type { LaneParts } from './lane/lane-exchange.ts';
import { createReverseProxy, type ReverseProxy } from './reverse-proxy.ts';
import { createTrustedPeers } from './trusted-peers.ts';

export interface PublicApiOptions {
  readonly upstream: URL;
  readonly tracing: Tracing | null;
  /** Puts what this server answers itself before the upstream. Default: nothing. */
  readonly before?: (upstream: ProtectedHandler) => ProtectedHandler;
}

/** How the guard stands before the public API. */
export interface PublicDoor {
  readonly mount: string;
  readonly clientAddress: (req: ReceivedHead) => string | null;
  /** Only where it matters. */
  readonly isSecure?: (req: ReceivedHead) => boolean;
}

export function publicDoor({ trustedProxies, requireHttps }: Config): PublicDoor {
  const trusted = createTrustedPeers(trustedProxies);
  return {
    mount: '/api',
    clientAddress: createClientAddressReader(trusted),
    ...(requireHttps && { isSecure: createSecureReader(trusted) }),
  };
}

export interface PublicApi {
  readonly listener: Listener;
  /** What answers plain requests without a `listener`; `null`: where requests are traced, all of them have to pass what traces them. */
  readonly lane: LaneParts | null;
}

/** Answers requests to the public API behind `guard`, and what proxies ask about theirs. */
export function openPublicApi(
  { config }: Pick<ServerOptions, 'config'>,
  guard: Guard,
  { upstream, tracing, before = (handler) => handler }: PublicApiOptions,
  parts: AsyncDisposableStack,
): PublicApi {
  const trusted = createTrustedPeers(config.trustedProxies);
  const door = publicDoor(config);
  const nodeGuard = createNodeGuard(guard, door);
  const proxy = createReverseProxy({ upstream, trusted, deny: nodeGuard.deny });
  parts.defer(() => proxy.close());
  const publicApi = nodeGuard.protect(before(tracing?.watchUpstream(proxy.handle, upstream) ?? proxy.handle));
  const forwardAuth = createForwardAuth({ guard, trusted, ...door, mount: config.forwardAuthMount });
  const listener: Listener = (req, res) => (isVerifyRequest(req.url ?? '') ? forwardAuth : publicApi)(req, res);
  if (tracing !== null) return { listener: tracing.watchRequests(listener), lane: null };
  return { listener, lane: createLaneParts(guard, proxy, door) };
}

function createLaneParts(guard: Guard, proxy: ReverseProxy, door: PublicDoor): LaneParts {
  return { isSecure: isEncrypted, ...door, guard, proxy, createRequestId: requestIds(undefined) };
}

function isEncrypted(req: ReceivedHead): boolean {
  return connectionProtocol(req) === 'https';
}
