import { createOpenApiDocument } from '@latchkey/api';
import { canonicalAddress } from '@latchkey/bearer-auth';
import { OperationError } from '@latchkey/core';
import type { FastifyInstance } from 'fastify';
import type { Figures } from '../thread/merge-figures.ts';
import type { ReadClientFacts } from './client-facts.ts';
import { replyWithError } from './error-reply.ts';

export interface OperatorRoutesOptions {
  readonly version: string;
  /** Whether this process can serve its role now. */
  readonly isReady: () => boolean | Promise<boolean>;
  readonly metrics: Figures;
  /** Who may read the figures. */
  readonly mayReadMetrics: (address: string) => boolean;
  readonly clientFacts: ReadClientFacts;
}

/** `/healthz`, `/readyz`, `/metrics` and `/openapi.json`. */
export function addOperatorRoutes(app: FastifyInstance, options: OperatorRoutesOptions): void {
  const document = JSON.stringify(createOpenApiDocument(options.version));
  app.get('/openapi.json', (_request, reply) =>
    reply.header('cache-control', 'no-cache').type('application/json; charset=utf-8').send(document),
  );

  app.get('/healthz', () => ({ status: 'ok' }));

  app.get('/readyz', async (_request, reply) => {
    const ready = await options.isReady();
    return reply.code(ready ? 200 : 503).send({ status: ready ? 'ready' : 'not ready' });
  });

  app.get('/metrics', async (request, reply) => {
    const { address } = options.clientFacts(request.raw);
    // A proxy on this machine that nobody declared makes everybody look local.
    const isPassedOn = ['x-forwarded-for', 'forwarded', 'via'].some((name) => name in request.headers);
    const isUndeclared = isPassedOn && address === canonicalAddress(request.raw.socket.remoteAddress);
    if (address === null || isUndeclared || !options.mayReadMetrics(address)) {
      return replyWithError(reply, new OperationError('FORBIDDEN', 'Metrics are for this machine and for LATCHKEY_METRICS_ALLOW.'));
    }
    return reply.type(options.metrics.contentType).send(await options.metrics.metrics());
  });
}
