import { setTimeout as pause } from 'node:timers/promises';
import { Redis } from 'ioredis';
import { type RedisProcess, startRedisProcess } from './redis-process.ts';

/** A primary, its replica, and a sentinel that promotes the replica when the primary is silent for half a second. */
export interface TestRedisSentinel {
  /** As `VALKEY_URL` says it. */
  readonly url: string;
  readonly name: string;
  readonly sentinel: RedisProcess;
  readonly primary: RedisProcess;
  readonly replica: RedisProcess;
  close(): Promise<void>;
}

const NAME = 'limits';

/** Resolves when the replica is in step and the sentinel knows it. */
export async function startRedisSentinel(): Promise<TestRedisSentinel> {
  const primary = await startRedisProcess({ config: ['repl-diskless-sync-delay 0'] });
  const replica = await startRedisProcess({ config: [`replicaof 127.0.0.1 ${primary.port}`] });
  const sentinel = await startRedisProcess({
    sentinel: true,
    config: [
      `sentinel monitor ${NAME} 127.0.0.1 ${primary.port} 1`,
      `sentinel down-after-milliseconds ${NAME} 500`,
      `sentinel failover-timeout ${NAME} 2000`,
    ],
  });
  const client = new Redis(sentinel.port, '127.0.0.1');
  client.on('error', () => undefined);
  const knows = async () => String(await client.call('SENTINEL', 'REPLICAS', NAME)).includes('master-link-status,ok');
  while (!(await knows())) await pause(50);
  client.disconnect();
  return {
    url: `redis+sentinel://127.0.0.1:${sentinel.port}/${NAME}`,
    name: NAME,
    sentinel,
    primary,
    replica,
    close: async () => {
      await Promise.all([sentinel, primary, replica].map((process) => process.close()));
    },
  };
}
