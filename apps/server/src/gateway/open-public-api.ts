import type { RequestListener } from 'node:http';
import type { Guard } from '@latchkey/bearer-auth';
import { createNodeGuard, type NodeGuardOptions, type ProtectedHandler } from '@latchkey/bearer-auth/node';
import type { Config } from '../config/config.ts';
import { createForwardAuth } from '../forward-auth/create-forward-auth.ts';
import { isVerifyRequest } from '../http/is-public-request.ts';
import type { ServerOptions } from '../server-options.ts';
import type { Tracing } from '../tracing/tracing.ts';
import { createClientAddressReader } from './client-address.ts';
import { createSecureReader } from './client-facts-reader.ts';
import { createReverseProxy } from './reverse-proxy.ts';
import { createTrustedPeers } from './trusted-peers.ts';

export interface PublicApiOptions {
  readonly upstream: URL;
  readonly tracing: Tracing | null;
  /** Puts what this server answers itself before the upstream. Default: nothing. */
  readonly before?: (upstream: ProtectedHandler) => ProtectedHandler;
}

/** How the guard stands before the public API. */
export function publicDoor({ trustedProxies, requireHttps }: Config): NodeGuardOptions {
  const trusted = createTrustedPeers(trustedProxies);
  return {
    mount: '/api',
    clientAddress: createClientAddressReader(trusted),
    ...(requireHttps && { isSecure: createSecureReader(trusted) }),
  };
}

/** Answers requests to the public API behind `guard`, and what proxies ask about theirs. */
export function openPublicApi(
  { config }: Pick<ServerOptions, 'config'>,
  guard: Guard,
  { upstream, tracing, before = (handler) => handler }: PublicApiOptions,
  parts: AsyncDisposableStack,
): RequestListener {
  const trusted = createTrustedPeers(config.trustedProxies);
  const { clientAddress = () => null, ...door } = publicDoor(config);
  const nodeGuard = createNodeGuard(guard, { ...door, clientAddress });
  const proxy = createReverseProxy({ upstream, trusted, deny: nodeGuard.deny });
  parts.defer(() => proxy.close());
  const publicApi = nodeGuard.protect(before(tracing?.watchUpstream(proxy.handle, upstream) ?? proxy.handle));
  const forwardAuth = createForwardAuth({ guard, trusted, ...door, mount: config.forwardAuthMount, clientAddress });
  const listener: RequestListener = (req, res) => (isVerifyRequest(req.url ?? '') ? forwardAuth : publicApi)(req, res);
  return tracing?.watchRequests(listener) ?? listener;
}
