import type { IncomingMessage, ServerResponse } from 'node:http';
import type { TLSSocket } from 'node:tls';
import type { DenialReason } from '@latchkey/core';
import type { Admission } from '../admission.ts';
import { canonicalAddress } from '../canonical-address.ts';
import { createRequestIds } from '../create-request-ids.ts';
import type { Guard, GuardRequest, RequiredAccess, Verdict } from '../guard.ts';
import { type Arrival, answerDenial, answerRefusal, noteArrival, openExchange } from './exchange.ts';

export interface NodeGuardOptions {
  /** Path under which the public API lives; it is not part of the endpoint. Default `/api`; `''` for none. */
  readonly mount?: string;
  /** The client's address. Default: that of the connection. Behind a proxy, read what it is trusted to say. */
  readonly clientAddress?: (req: IncomingMessage) => string | null;
  /** Whether a request came over TLS. Default: whether its connection is one. Behind a proxy, read what it is trusted to say. */
  readonly isSecure?: (req: IncomingMessage) => boolean;
  /** An id of its own for every request: 1 to 128 printable ASCII characters; anything else is replaced. Default: 18 of 0–9 and a–z. */
  readonly createRequestId?: () => string;
}

/** Answers an admitted request. Send headers, body and status as usual. */
export type ProtectedHandler = (req: IncomingMessage, res: ServerResponse, admission: Admission) => void;

/** The guard in front of `node:http` handlers. */
export interface NodeGuard {
  /** A request listener that runs `handler` for admitted requests only, and answers all others. */
  protect(handler: ProtectedHandler, access?: RequiredAccess): (req: IncomingMessage, res: ServerResponse) => void;
  /**
   * Checks one request and prepares its response; `next` runs when it was admitted. Refusals are answered here. What adapters are made of.
   * `next` runs in the same turn for a cached token.
   */
  enter(req: IncomingMessage, res: ServerResponse, access: RequiredAccess | undefined, next: (admission: Admission) => void): void;
  /** Answers an admitted request with a denial: `upstream_error`, `insufficient_scope`, … It is what its usage record will say. */
  deny(req: IncomingMessage, res: ServerResponse, admission: Admission, reason: DenialReason, required?: readonly string[]): void;
}

export function createNodeGuard(guard: Guard, options: NodeGuardOptions = {}): NodeGuard {
  const { clientAddress = connectionAddress, isSecure = isEncrypted } = options;
  const createRequestId = requestIds(options.createRequestId);
  const mount = checkedMount(options.mount ?? '/api');

  function guardRequest(req: IncomingMessage, at: number): GuardRequest {
    return {
      method: req.method ?? 'GET',
      target: targetBelow(mount, originalUrl(req)),
      rawHeaders: req.rawHeaders,
      ip: clientAddress(req),
      requestId: createRequestId(),
      at,
      secure: isSecure(req),
    };
  }

  function enter(
    req: IncomingMessage,
    res: ServerResponse,
    access: RequiredAccess | undefined,
    next: (admission: Admission) => void,
  ): void {
    const arrival = noteArrival(req, guard.now);
    const verdict = guard.check(guardRequest(req, arrival.at), access);
    if (verdict instanceof Promise) void verdict.then((late) => proceed(req, res, arrival, late, next));
    else proceed(req, res, arrival, verdict, next);
  }

  function proceed(
    req: IncomingMessage,
    res: ServerResponse,
    arrival: Arrival,
    verdict: Verdict,
    next: (admission: Admission) => void,
  ): void {
    if (verdict.kind === 'deny') answerRefusal(guard, req, res, arrival, verdict);
    else if (openExchange(guard, req, res, arrival, verdict)) next(verdict.admission);
  }

  return {
    protect: (handler, access) => (req, res) => enter(req, res, access, (admission) => handler(req, res, admission)),
    enter,
    deny: (req, res, admission, reason, required) => answerDenial(guard, req, res, admission, reason, required),
  };
}

/** @throws RangeError for a mount that is not a path. */
export function checkedMount(mount: string): string {
  const path = mount.endsWith('/') ? mount.slice(0, -1) : mount;
  if (path !== '' && !path.startsWith('/')) throw new RangeError(`mount must be a path such as "/api"; got ${JSON.stringify(mount)}.`);
  return path;
}

/** Frameworks cut what they have routed off `url`; what the client sent stays here. */
function originalUrl(req: IncomingMessage): string {
  return (req as IncomingMessage & { originalUrl?: string }).originalUrl ?? req.url ?? '';
}

/** What follows the mount, raw: `/api/products?x` → `/products?x`, `/api` → `/`. `null`: outside of it. */
export function targetBelow(mount: string, url: string): string | null {
  if (!url.startsWith(mount)) return null;
  const rest = url.slice(mount.length);
  if (rest === '' || rest.startsWith('?')) return `/${rest}`;
  return rest.startsWith('/') ? rest : null;
}

/** An id goes into a head and a log as it is. */
const SAFE_ID = /^[!-~]{1,128}$/;

function requestIds(chosen: (() => string) | undefined): () => string {
  const create = createRequestIds();
  if (chosen === undefined) return create;
  return () => {
    const id = chosen();
    return SAFE_ID.test(id) ? id : create();
  };
}

const ADDRESS: unique symbol = Symbol('client address');

/** Made once for each connection: its other end stays who it is. */
function connectionAddress({ socket }: IncomingMessage): string | null {
  const known = socket as { [ADDRESS]?: string | null } & typeof socket;
  known[ADDRESS] ??= canonicalAddress(socket.remoteAddress);
  return known[ADDRESS];
}

function isEncrypted(req: IncomingMessage): boolean {
  return (req.socket as Partial<TLSSocket>).encrypted === true;
}
