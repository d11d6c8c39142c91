import { DEFAULT_KEY_CONFIGURATION } from '@latchkey/core';
import { describe, expect, it } from 'vitest';
import { createExpiredKeyCleanup, type ExpiredKeyCleanupOptions } from './expired-key-cleanup.ts';

const NOON = Date.UTC(2026, 0, 15, 12);

/** A clean-up over a store that keeps `expired` keys, with a clock that tests move. */
function aScene(options: Partial<ExpiredKeyCleanupOptions> = {}, expired = 0) {
  const scene = { now: NOON, expired, runs: 0, failure: null as Error | null, changed: [] as number[], logged: [] as string[] };
  const cleanup = createExpiredKeyCleanup({
    configurations: [DEFAULT_KEY_CONFIGURATION],
    tokens: {
      async deleteExpired({ limit }) {
        scene.runs += 1;
        if (scene.failure) throw scene.failure;
        const removed = Math.min(limit, scene.expired);
        scene.expired -= removed;
        return { ids: Array.from({ length: removed }, (_, index) => index + 1), more: scene.expired > 0 };
      },
    },
    tokensChanged: async (ids) => void scene.changed.push(...ids),
    now: () => scene.now,
    logger: { error: (message) => scene.logged.push(message) },
    ...options,
  });
  return Object.assign(scene, { cleanup });
}

describe('an ordinary run', () => {
  it('is skipped within 10,000 ms of the one before, and not at 10,000 (S3-096)', async () => {
    const scene = aScene();
    await scene.cleanup.run();
    scene.now += 9_999;
    await scene.cleanup.run();
    expect(scene.runs).toBe(1);
    scene.now += 1;
    await scene.cleanup.run();
    expect(scene.runs).toBe(2);
  });

  it('removes a bounded number of keys, and says that they changed', async () => {
    const scene = aScene({}, 250);
    await scene.cleanup.run();
    expect(scene.expired).toBe(150);
    expect(scene.changed).toHaveLength(100);
  });
});

describe('a run that bypasses the throttle', () => {
  it('happens whenever it is asked for (S3-097), and removes all there are', async () => {
    const scene = aScene({}, 250);
    await scene.cleanup.run({ bypassLastCheck: true });
    await scene.cleanup.run({ bypassLastCheck: true });
    expect(scene.expired).toBe(0);
  });

  it('does not move the clock of the throttle (S3-098)', async () => {
    const scene = aScene();
    await scene.cleanup.run({ bypassLastCheck: true });
    await scene.cleanup.run();
    expect(scene.runs).toBe(2);
    scene.now += 9_000;
    await scene.cleanup.run({ bypassLastCheck: true });
    scene.now += 1_000;
    await scene.cleanup.run();
    expect(scene.runs).toBe(4);
  });
});

describe('a failure', () => {
  it('is logged with this very text (S3-101) and swallowed (S3-102, S3-103)', async () => {
    const scene = aScene();
    scene.failure = new Error('connection refused');
    await scene.cleanup.run();
    expect(scene.logged).toEqual(['[API KEY PLUGIN] Failed to delete expired API keys: connection refused']);
  });

  it('is passed on where that is asked for, and logged as well (S3-102)', async () => {
    const scene = aScene();
    scene.failure = new Error('gone');
    await expect(scene.cleanup.run({ bypassLastCheck: true, raiseOnError: true })).rejects.toThrow('gone');
    expect(scene.logged).toHaveLength(1);
  });

  it.each([undefined, {}])('needs no logger: %j (S3-092)', async (logger) => {
    const scene = aScene({ logger });
    scene.failure = new Error('gone');
    await expect(scene.cleanup.run()).resolves.toBeUndefined();
  });
});

it('nothing is removed where no configuration has its keys purged (S3-095)', async () => {
  const scene = aScene({ configurations: [{ ...DEFAULT_KEY_CONFIGURATION, purgesExpired: false }] });
  await scene.cleanup.run({ bypassLastCheck: true });
  expect(scene.runs).toBe(0);
});
