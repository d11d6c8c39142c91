import type { KeyConfiguration } from '@latchkey/core';
import type { Actor, TokenStore } from '@latchkey/database';

/** Removes expired keys that were made on the key routes (C-18). */
export interface ExpiredKeyCleanup {
  /**
   * Removes keys that ended before now, unless it did so less than 10 seconds ago. A failure is logged and changes nothing for whoever
   * caused the run.
   */
  run(options?: CleanupOptions): Promise<void>;
}

export interface CleanupOptions {
  /** Whatever the time of the last run, and without starting the ten seconds anew: all there are. */
  readonly bypassLastCheck?: boolean;
  /** Rejects where the removal fails, after logging it. */
  readonly raiseOnError?: boolean;
}

export interface ExpiredKeyCleanupOptions {
  readonly configurations: readonly KeyConfiguration[];
  readonly tokens: Pick<TokenStore, 'deleteExpired'>;
  readonly tokensChanged: (ids: readonly number[]) => Promise<unknown>;
  readonly now: () => number;
  /** Absent, or without an `error` method: nothing is logged. */
  readonly logger?: { readonly error?: (message: string) => void } | undefined;
}

const THROTTLE_MS = 10_000;
/** One request must not wait for the removal of thousands. */
const BATCH = 100;
const SYSTEM: Actor = { id: null, name: 'system', ipAddress: null, userAgent: null };

/** A clean-up with a throttle of its own (S3-095…103). Made once per process. */
export function createExpiredKeyCleanup(options: ExpiredKeyCleanupOptions): ExpiredKeyCleanup {
  const { configurations, tokens, tokensChanged, now, logger } = options;
  const configIds = configurations.filter(({ purgesExpired }) => purgesExpired).map(({ configId }) => configId);
  let lastRunAt = Number.NEGATIVE_INFINITY;

  async function remove(isComplete: boolean): Promise<void> {
    const { ids, more } = await tokens.deleteExpired({ before: now(), limit: BATCH, dryRun: false, purgeableIn: configIds }, SYSTEM);
    if (ids.length > 0) await tokensChanged(ids);
    // A batch of which nothing went is not asked for again.
    if (isComplete && more && ids.length > 0) await remove(true);
  }

  return {
    async run({ bypassLastCheck = false, raiseOnError = false } = {}) {
      if (configIds.length === 0) return;
      if (!bypassLastCheck) {
        if (now() - lastRunAt < THROTTLE_MS) return;
        lastRunAt = now();
      }
      try {
        await remove(bypassLastCheck);
      } catch (error) {
        const message = error instanceof Error ? error.message : String(error);
        logger?.error?.(`[API KEY PLUGIN] Failed to delete expired API keys: ${message}`);
        if (raiseOnError) throw error;
      }
    },
  };
}
