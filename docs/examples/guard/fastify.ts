// node docs/examples/guard/fastify.ts
import { protectFastify, requireScope } from '@latchkey/bearer-auth/fastify';
import fastify from 'fastify';
import { announce, openParts } from './parts.ts';

const parts = await openParts();
const app = fastify({ forceCloseConnections: true });
app.register(
  async (api) => {
    protectFastify(api, { guard: parts.guard });
    api.get('/products', requireScope('read'), async (request) => ({ products: [], for: request.latchkey?.token.name }));
    api.post('/products', requireScope('write'), async (_request, reply) => reply.code(201).send({ id: 1 }));
  },
  { prefix: '/api' },
);

announce(await app.listen({ port: 0, host: '127.0.0.1' }), parts, () => app.close());
