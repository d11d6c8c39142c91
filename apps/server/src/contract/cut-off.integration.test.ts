// A real server that can not reach its database: how long it trusts what it knew of tokens, and that it makes up for what it did not hear.
import { createTestDatabase, type TestDatabase } from '@latchkey/database/testing';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { type CuttableProxy, openCuttableProxy } from '../management/testing/open-cuttable-proxy.ts';
import { killListenersWhileRevoking } from '../testing/kill-listeners.ts';
import { openReplicas, type Replicas } from '../testing/open-replicas.ts';
import { createProber, type Prober } from '../testing/probe.ts';
import { querySql } from './testing/open-scene.ts';

vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 });

let database: TestDatabase;
let prober: Prober;
beforeAll(async () => {
  database = await createTestDatabase();
  prober = createProber();
});
afterAll(async () => {
  prober?.close();
  await database?.drop();
});

const MAX_STALE_SECONDS = 3;

describe('a server that is cut off', () => {
  let wire: CuttableProxy;
  let replicas: Replicas;
  beforeEach(async () => {
    wire = await openCuttableProxy(database.url);
    replicas = await openReplicas([wire.url], { LATCHKEY_MAX_STALE_SECONDS: String(MAX_STALE_SECONDS) });
  });
  afterEach(async () => {
    await replicas.close();
    await wire.cut().catch(() => undefined);
  });

  /** When each token was accepted for the last time, in milliseconds from now, asked for as long as that. */
  async function watch(tokens: readonly string[], forMs: number): Promise<number[]> {
    const startedAt = performance.now();
    const last = tokens.map(() => 0);
    while (performance.now() - startedAt < forMs) {
      const probes = await Promise.all(tokens.map((token) => prober.send(replicas.processes[0]?.url ?? '', token)));
      for (const [index, { status, sentAt }] of probes.entries()) if (status === 200) last[index] = sentAt - startedAt;
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    return last;
  }

  it('stops honouring what it knew after LATCHKEY_MAX_STALE_SECONDS, and at once for strict tokens', async () => {
    const [admin] = replicas.admins;
    const usual = await admin?.createToken({ name: 'Usual', rate_limit: 1_000_000 });
    const strict = await admin?.createToken({ name: 'Strict', rate_limit: 1_000_000 });
    await querySql(database.url, 'update api_tokens set strict = true where id = $1', [strict?.id]);
    const tokens = [usual?.token ?? '', strict?.token ?? ''];
    await expect.poll(() => watch(tokens, 100).then((last) => last.every((at) => at > 0)), { timeout: 10_000 }).toBe(true);
    await wire.cut();
    const [usualMs = 0, strictMs = 0] = await watch(tokens, (MAX_STALE_SECONDS + 2) * 1_000);
    expect(strictMs).toBeLessThan(1_000);
    expect(usualMs).toBeGreaterThan((MAX_STALE_SECONDS - 1) * 1_000);
    expect(usualMs).toBeLessThan((MAX_STALE_SECONDS + 1) * 1_000);
    await wire.mend();
    await expect.poll(() => watch(tokens, 100).then((last) => last.every((at) => at > 0)), { timeout: 20_000 }).toBe(true);
  });
});

describe('listening connections that are killed and cut', () => {
  it('let no token live on that was ended meanwhile', async () => {
    const wires = await Promise.all([1, 2].map(() => openCuttableProxy(database.url)));
    const replicas = await openReplicas([database.url, ...wires.map(({ url }) => url)]);
    try {
      const result = await killListenersWhileRevoking({ replicas, wires, databaseUrl: database.url, count: 30, perSecond: 10 });
      expect(result.killed).toBeGreaterThan(5);
      expect(result.cuts).toBeGreaterThan(0);
      expect(result).toMatchObject({ acceptedLate: 0, acceptedAfterAcknowledged: 0, missed: 0 });
    } finally {
      await replicas.close();
      await Promise.all(wires.map((wire) => wire.cut()));
    }
  });
});
