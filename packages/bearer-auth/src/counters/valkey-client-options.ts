import type { ClusterOptions, RedisOptions } from 'ioredis';

/**
 * How a client of ioredis has to be opened so that no request waits for a server that is away, no command is sent twice, and the client comes
 * back within a quarter of a second. For `new Redis(…)`, alone or through sentinels.
 */
export const VALKEY_CLIENT_OPTIONS = {
  enableOfflineQueue: false,
  autoResendUnfulfilledCommands: false,
  maxRetriesPerRequest: 0,
  connectTimeout: 1_000,
  disconnectTimeout: 100,
  retryStrategy: retryMs,
  // A search goes on behind the sentinel that answered the last one: its first end is not that of the list.
  sentinelRetryStrategy: (round: number) => (round === 1 ? 0 : retryMs()),
  failoverDetector: true,
} as const satisfies RedisOptions;

/** As `VALKEY_CLIENT_OPTIONS`, for `new Cluster(…)`; credentials go into `redisOptions`. */
export const VALKEY_CLUSTER_OPTIONS = {
  enableOfflineQueue: false,
  retryDelayOnFailover: 0,
  retryDelayOnClusterDown: 0,
  // Windows of one token that a migration has torn apart are together again in a moment.
  retryDelayOnTryAgain: 5,
  slotsRefreshTimeout: 250,
  clusterRetryStrategy: retryMs,
  redisOptions: { autoResendUnfulfilledCommands: false, connectTimeout: 1_000, disconnectTimeout: 100 },
} as const satisfies ClusterOptions;

function retryMs(): number {
  return 200;
}
