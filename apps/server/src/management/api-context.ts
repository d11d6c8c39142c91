import type { ApiContext, ApiParts } from '@latchkey/api';
import type { FastifyRequest } from 'fastify';
import type { Auth } from '../admin/create-auth.ts';
import { isSecure, type ReadClientFacts } from './client-facts.ts';
import { requestHeaders } from './request-headers.ts';

const LONGEST_USER_AGENT = 512;

/** Makes the context of a procedure call from an HTTP request: who is calling, and from where. */
export function createContextReader(options: { auth: Auth; parts: ApiParts; clientFacts: ReadClientFacts }) {
  return async (request: FastifyRequest): Promise<ApiContext> => {
    const facts = options.clientFacts(request.raw);
    const { account } = await options.auth.authenticate(requestHeaders(request.raw), isSecure(facts));
    const userAgent = request.headers['user-agent']?.slice(0, LONGEST_USER_AGENT) ?? null;
    return { ...options.parts, account, origin: facts.origin, requestId: request.id, ipAddress: facts.address, userAgent };
  };
}
