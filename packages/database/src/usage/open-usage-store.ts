import type { UsageStore } from '@latchkey/core';
import { createPool } from '../create-pool.ts';
import { type DatabaseLogger, silentLogger } from '../database-logger.ts';
import { createUsageStore } from './usage-store.ts';

export interface OpenUsageStoreOptions {
  readonly url: string;
  /** Epoch milliseconds. */
  readonly now: () => number;
  /** As `UsageStoreOptions.gateway`. */
  readonly gateway?: string;
  /** Lost connections and the like; default: nobody is told. */
  readonly logger?: DatabaseLogger;
  /** Is told the process id, on the database's machine, of each connection that was made. */
  readonly onConnect?: (processId: number) => void;
}

export interface OpenUsageStore {
  readonly store: UsageStore;
  /** Ends every connection. */
  close(): Promise<void>;
}

/** A usage store with connections of its own and nothing else of the database: for the thread that ships the spools. Does not connect yet. */
export function openUsageStore({ url, now, gateway, logger = silentLogger, onConnect }: OpenUsageStoreOptions): OpenUsageStore {
  const limits = { max: 2, statementTimeoutMs: 30_000, connectTimeoutMs: 5_000 };
  const pool = createPool({ url, logger, name: 'latchkey-ingest', ...limits });
  if (onConnect) {
    pool.on('connect', (client) => {
      const { processID } = client as typeof client & { readonly processID: number | null };
      if (processID !== null) onConnect(processID);
    });
  }
  return { store: createUsageStore({ pool, now, gateway }), close: () => pool.end() };
}
