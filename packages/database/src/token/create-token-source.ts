import type { TokenChange, TokenSource } from '@latchkey/core';
import type { Pool } from 'pg';
import type { DatabaseLogger } from '../database-logger.ts';
import { findToken } from './find-token.ts';
import { type ListenerOptions, listenForChanges, type TokenListener } from './listen-for-changes.ts';

export interface TokenSourceOptions extends Pick<ListenerOptions, 'heartbeatMs' | 'patienceMs'> {
  /** For look-ups alone, with a short statement time-out: no report may keep the guard waiting. */
  readonly pool: Pool;
  readonly url: string;
  readonly logger: DatabaseLogger;
}

export interface DatabaseTokenSource extends TokenSource {
  close(): Promise<void>;
}

/**
 * Tokens for the guard, straight from the table. Listens from the first subscription on; who subscribes while nothing can be heard
 * is told `disconnected`, and `resync` as soon as something can.
 */
export function createTokenSource({ pool, ...options }: TokenSourceOptions): DatabaseTokenSource {
  const listeners = new Set<(change: TokenChange) => void>();
  let listener: TokenListener | null = null;

  function emit(change: TokenChange): void {
    for (const each of listeners) each(change);
  }

  return {
    findByDigest: (candidates) => findToken(pool, candidates),
    subscribe(each) {
      listeners.add(each);
      listener ??= listenForChanges({ ...options, emit });
      if (!listener.listening) queueMicrotask(() => listeners.has(each) && !listener?.listening && each({ kind: 'disconnected' }));
      return () => void listeners.delete(each);
    },
    async close() {
      listeners.clear();
      await listener?.close();
    },
  };
}
