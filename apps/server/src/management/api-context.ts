import type { ApiContext, ApiParts } from '@latchkey/api';
import type { FastifyRequest } from 'fastify';
import type { Auth } from '../admin/create-auth.ts';
import { recordedUserAgent } from '../http/recorded-user-agent.ts';
import { isSecure, type ReadClientFacts } from './client-facts.ts';
import { requestHeaders } from './request-headers.ts';

/** Makes the context of a call from an HTTP request – who is calling, and from where – and says by which credential. */
export type ReadCall = (request: FastifyRequest) => Promise<{ context: ApiContext; by: 'session' | 'jwt' | null }>;

export function createCallReader(options: { auth: Auth; parts: ApiParts; clientFacts: ReadClientFacts }): ReadCall {
  return async (request) => {
    const facts = options.clientFacts(request.raw);
    const found = await options.auth.authenticate(requestHeaders(request.raw), isSecure(facts));
    const userAgent = recordedUserAgent(request.headers);
    const context = {
      ...options.parts,
      account: found.account,
      origin: facts.origin,
      requestId: request.id,
      ipAddress: facts.address,
      userAgent,
    };
    return { context, by: found.account === null ? null : found.by };
  };
}
