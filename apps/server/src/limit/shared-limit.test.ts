import { hasRedisServer, startRedisServer, type TestRedis } from '@latchkey/bearer-auth/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openSharedLimit, type SharedLimit } from './testing/measure-shared-limit.ts';

// `apps/server/torture/valkey-limits.ts` is the long form.
describe.runIf(hasRedisServer() || process.env.CI)('three processes with 128 concurrent requests each on one Valkey', () => {
  let server: TestRedis;
  const opened: SharedLimit[] = [];
  beforeAll(async () => {
    server = await startRedisServer();
  });
  afterAll(async () => {
    for (const limit of opened) limit.close();
    await server?.close();
  });

  async function open(kind: 'atomic' | 'control'): Promise<SharedLimit> {
    // Longer than in production: a machine that is busy with other tests must not decide.
    const limit = await openSharedLimit(server.url, { kind, processes: 3, timeoutMs: 2_000 });
    opened.push(limit);
    return limit;
  }

  it('let exactly as many pass as the limit says: none more, and none less', async () => {
    const limit = await open('atomic');
    for (const max of [10, 100, 1_000]) {
      for (let round = 0; round < 2; round++) expect(await limit.measure(max, 128)).toMatchObject({ passed: max, breakerOpens: 0 });
    }
  });

  it('would be seen to let more pass if they read before they increment', async () => {
    const limit = await open('control');
    expect((await limit.measure(100, 128)).overshoot).toBeGreaterThan(0.1);
  });
});
