import type { Cluster, Redis } from 'ioredis';
import type { Logger } from 'pino';
import type { ValkeyAddress } from '../config/parse-valkey-url.ts';

/** A client for the configured Valkey or Redis. It connects in the background and for ever; until then limits are counted in this process. */
export async function connectValkey(address: ValkeyAddress, logger: Logger): Promise<Redis | Cluster> {
  const { Cluster, Redis } = await import('ioredis');
  const access = {
    ...(address.username !== null && { username: address.username }),
    ...(address.password !== null && { password: address.password }),
    ...(address.tls && { tls: {} }),
    // The guard must not wait for a server that is away: a command fails at once, and the counter counts by itself.
    enableOfflineQueue: false,
    maxRetriesPerRequest: 0,
    retryStrategy: (attempt: number) => Math.min(attempt * 100, 1_000),
  };
  const client = open();
  client.on('error', (error: Error) => logger.debug({ err: error }, 'Valkey can not be reached'));
  return client;

  function open(): Redis | Cluster {
    switch (address.kind) {
      case 'single':
        return new Redis({ host: address.host, port: address.port, db: address.database, ...access });
      case 'sentinel':
        return new Redis({ sentinels: [...address.sentinels], name: address.name, ...access });
      case 'cluster':
        return new Cluster([...address.nodes], { redisOptions: access, enableOfflineQueue: false });
    }
  }
}
