import type { Guard } from '@latchkey/bearer-auth';
import type { ProtectedHandler } from '@latchkey/bearer-auth/node';
import type { TokenSource } from '@latchkey/core';
import type { FastifyInstance } from 'fastify';
import type { Listener } from '../http/listener.ts';

/** Puts spans around the parts of a request. Where nobody wants traces there is none of this. */
export interface Tracing {
  /** One span for each request that comes in, in the trace that its client began. */
  watchRequests(listener: Listener): Listener;
  /** Tells the span what the guard decided. */
  watchGuard(guard: Guard): Guard;
  /** A span for each look-up. */
  watchLookUps(source: TokenSource): TokenSource;
  /** A span for what the upstream does; the upstream goes on in the same trace. */
  watchUpstream(handler: ProtectedHandler, upstream: URL): ProtectedHandler;
  /** One span for each request to the management, operators' questions aside. */
  watchManagement(app: FastifyInstance): void;
  /** Sends what is left, for two seconds at most. */
  close(): Promise<void>;
}
