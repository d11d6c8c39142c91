import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Admission } from '../admission.ts';
import { canonicalAddress } from '../canonical-address.ts';
import { createRequestIds } from '../create-request-ids.ts';
import type { Guard } from '../guard.ts';
import type { GuardRequest } from '../guard-request.ts';
import { checkedMount, targetBelow } from './mount.ts';
import { rawHeadersOf } from './raw-headers.ts';

/** What a server may know of a request beyond the fetch API; Node servers such as `@hono/node-server` pass it as `env`. */
export interface FetchEnv {
  readonly incoming?: IncomingMessage | undefined;
  readonly outgoing?: ServerResponse | undefined;
}

/** How requests of the fetch API are read. Nothing has to be given. */
export interface FetchGuardOptions {
  /** Path under which the public API lives; it is not part of the endpoint. Default `/api`; `''` for none. */
  readonly mount?: string;
  /** The client's address. Default: that of `env.incoming`'s connection, where there is one. */
  readonly clientAddress?: (request: Request, env: FetchEnv) => string | null;
  /** Whether a request came over TLS. Default: whether its URL says so. */
  readonly isSecure?: (request: Request, env: FetchEnv) => boolean;
}

/** A request in the terms of the fetch API, and in those of the guard. */
export interface FetchArrival {
  readonly request: Request;
  readonly guarded: GuardRequest & { readonly at: number };
  /** On the monotonic clock, in milliseconds. */
  readonly startedAt: number;
}

/** @throws RangeError for a mount that is not a path. */
export function createArrivals(
  guard: Guard,
  options: FetchGuardOptions,
): (request: Request, env: FetchEnv, admitted: Admission | undefined) => FetchArrival {
  const { clientAddress = connectionAddress, isSecure = (request) => request.url.startsWith('https:') } = options;
  const mount = checkedMount(options.mount ?? '/api');
  const createRequestId = createRequestIds();

  return (request, env, admitted) => {
    const target = targetBelow(mount, env.incoming?.url ?? pathOf(request.url));
    const [ip, secure] = [clientAddress(request, env), isSecure(request, env)];
    const rawHeaders = env.incoming?.rawHeaders ?? rawHeadersOf(request.headers);
    const requestId = admitted?.requestId ?? createRequestId();
    const guarded = { method: request.method, target, rawHeaders, ip, requestId, at: guard.now(), secure, admitted };
    return { request, guarded, startedAt: performance.now() };
  };
}

/** Path and query of an absolute URL. */
function pathOf(url: string): string {
  const slash = url.indexOf('/', url.indexOf('//') + 2);
  const end = url.indexOf('#', slash);
  return url.slice(slash, end === -1 ? undefined : end);
}

function connectionAddress(_request: Request, { incoming }: FetchEnv): string | null {
  return canonicalAddress(incoming?.socket.remoteAddress);
}
