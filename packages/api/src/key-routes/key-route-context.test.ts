import { DEFAULT_KEY_CONFIGURATION } from '@latchkey/core';
import { describe, expect, it } from 'vitest';
import { KeyError } from './key-error.ts';
import { type KeyRouteParts, requireConfiguration, scheduleCleanup } from './key-route-context.ts';

const deferring = { ...DEFAULT_KEY_CONFIGURATION, deferUpdates: true };

/** Parts that note what happens, in order. */
function someParts(changes: Partial<KeyRouteParts> = {}) {
  const seen: string[] = [];
  const waiting: (() => Promise<void>)[] = [];
  const keys: KeyRouteParts = {
    configurations: [DEFAULT_KEY_CONFIGURATION],
    verify: () => Promise.reject(new Error('Nobody asks.')),
    cleanup: { run: async () => void seen.push('clean-up') },
    defer(label, task) {
      seen.push(label);
      waiting.push(task);
    },
    ...changes,
  };
  return { keys, seen, runDeferred: () => Promise.all(waiting.map((task) => task())) };
}

describe('the clean-up that other calls cause', () => {
  it('is deferred under its label where the configuration says so and somebody can (S3-105, S3-111)', async () => {
    const { keys, seen, runDeferred } = someParts();
    await scheduleCleanup({ keys }, deferring);
    expect(seen).toEqual(['Deferred API key cleanup']);
    await runDeferred();
    expect(seen).toEqual(['Deferred API key cleanup', 'clean-up']);
  });

  it('runs at once where the configuration does not say so, or nobody can (S3-106)', async () => {
    const plain = someParts();
    await scheduleCleanup({ keys: plain.keys }, DEFAULT_KEY_CONFIGURATION);
    expect(plain.seen).toEqual(['clean-up']);
    const alone = someParts({ defer: null });
    await scheduleCleanup({ keys: alone.keys }, deferring);
    expect(alone.seen).toEqual(['clean-up']);
  });
});

describe('an unknown configuration without a default', () => {
  const configurations = [{ ...DEFAULT_KEY_CONFIGURATION, configId: 'partner' }];

  it('is logged and refused by its code (S3-091)', () => {
    const logged: string[] = [];
    const { keys } = someParts({ configurations, logger: { error: (message) => logged.push(message) } });
    const refusal = new KeyError('NO_DEFAULT_API_KEY_CONFIGURATION_FOUND');
    expect(() => requireConfiguration({ keys }, 'nobody')).toThrow(refusal);
    expect(refusal.status).toBe(400);
    expect(logged).toEqual([expect.stringContaining('"nobody"')]);
  });

  it.each([undefined, {}])('needs no logger: %j (S3-092)', (logger) => {
    const { keys } = someParts({ configurations, logger });
    expect(() => requireConfiguration({ keys }, 'nobody')).toThrow(KeyError);
  });
});
