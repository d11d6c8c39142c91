import { once } from 'node:events';
import { createServer } from 'node:net';

/**
 * Fails the way `listen` would, and before anything else is started: a second `npm start` should say so at once and migrate nothing.
 * Another program may still take the port in between; `listen` then says the same.
 */
export async function assertPortFree({ host, port }: { host: string; port: number }): Promise<void> {
  if (port === 0) return;
  const probe = createServer().listen({ host, port });
  await once(probe, 'listening');
  probe.close();
  await once(probe, 'close');
}
