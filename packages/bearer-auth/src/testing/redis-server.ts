import { type RedisProcess, startRedisProcess } from './redis-process.ts';

/** A Redis or Valkey server for one test file. */
export interface TestRedis extends RedisProcess {
  readonly url: string;
}

/** Starts a server without persistence on a free port of the loopback address. `config`: further lines of its configuration. */
export async function startRedisServer(config: readonly string[] = []): Promise<TestRedis> {
  const server = await startRedisProcess({ config });
  return { ...server, url: `redis://127.0.0.1:${server.port}` };
}
