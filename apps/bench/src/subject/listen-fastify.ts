import type { AddressInfo } from 'node:net';
import type { FastifyInstance } from 'fastify';

/** Lets an application listen on a free port of the loopback address. */
export async function listenFastify(app: FastifyInstance): Promise<{ port: number; close(): Promise<void> }> {
  await app.listen({ port: 0, host: '127.0.0.1' });
  const { port } = app.server.address() as AddressInfo;
  return {
    port,
    async close() {
      app.server.closeAllConnections();
      await app.close();
    },
  };
}
