import { VALKEY_CLIENT_OPTIONS, VALKEY_CLUSTER_OPTIONS } from '@latchkey/bearer-auth/valkey';
import type { Cluster, Redis } from 'ioredis';
import type { Logger } from 'pino';
import type { ValkeyAddress } from '../config/parse-valkey-url.ts';

/** A client for the configured Valkey or Redis. It connects in the background and for ever. */
export async function connectValkey(address: ValkeyAddress, logger: Logger): Promise<Redis | Cluster> {
  const { Cluster, Redis } = await import('ioredis');
  const access = {
    ...(address.username !== null && { username: address.username }),
    ...(address.password !== null && { password: address.password }),
    ...(address.tls && { tls: {} }),
  };
  const client = open();
  client.on('error', (error: Error) => logger.debug({ err: error }, 'Valkey can not be reached'));
  return client;

  function open(): Redis | Cluster {
    switch (address.kind) {
      case 'single':
        // The counter finds out by itself whether a server that is loading, or follows another, can be used.
        return new Redis({
          ...{ ...VALKEY_CLIENT_OPTIONS, enableReadyCheck: false, ...access },
          ...{ host: address.host, port: address.port, db: address.database },
        });
      case 'sentinel':
        return new Redis({ ...VALKEY_CLIENT_OPTIONS, ...access, sentinels: [...address.sentinels], name: address.name });
      case 'cluster':
        return new Cluster([...address.nodes], {
          ...VALKEY_CLUSTER_OPTIONS,
          redisOptions: { ...VALKEY_CLUSTER_OPTIONS.redisOptions, ...access },
        });
    }
  }
}
