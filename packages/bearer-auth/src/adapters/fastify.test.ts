import fastify from 'fastify';
import { describeGuard } from '../testing/guard-cases.ts';
import { protectFastify } from './fastify.ts';

describeGuard('Fastify', async ({ guard, handler, access }) => {
  const app = fastify({ forceCloseConnections: true });
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('*', (_request, _payload, done) => done(null));
  app.register(async (api) => {
    protectFastify(api, { guard });
    api.all('/api/*', { config: { latchkey: access } }, (request, reply) => {
      reply.hijack();
      handler(request.raw, reply.raw);
    });
  });
  const url = await app.listen({ port: 0, host: '127.0.0.1' });
  return { url, close: () => app.close() };
});
