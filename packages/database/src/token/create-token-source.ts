import type { TokenChangeListener, TokenSource } from '@latchkey/core';
import type { Pool } from 'pg';
import { askAgain } from '../database-failure.ts';
import type { DatabaseLogger } from '../database-logger.ts';
import type { GatewayNews } from '../gateway/gateway-news.ts';
import { createImportedSecrets } from './create-imported-secrets.ts';
import { createRehasher } from './create-rehasher.ts';
import { createTokenFinder } from './create-token-finder.ts';
import { type ListenerOptions, listenForChanges, type TokenListener } from './listen-for-changes.ts';

export interface TokenSourceOptions extends Pick<ListenerOptions, 'heartbeatMs' | 'doubtMs' | 'patienceMs'> {
  /** For look-ups alone, with a short statement time-out: no report may keep the guard waiting. */
  readonly pool: Pool;
  readonly url: string;
  readonly logger: DatabaseLogger;
  /** Told of everything that was heard, once every listener has applied what came before it and the change itself. */
  readonly onApplied?: (news: GatewayNews) => void;
}

export interface DatabaseTokenSource extends TokenSource {
  /** For the process that changed tokens itself: what was imported is asked anew before the next text of another system is judged. */
  forgetImported(): void;
  close(): Promise<void>;
}

/**
 * Tokens for the guard, straight from the table. Listens from the first subscription on; who subscribes while nothing can be heard
 * is told `disconnected`, and `resync` as soon as something can.
 */
export function createTokenSource({ pool, onApplied = () => undefined, ...options }: TokenSourceOptions): DatabaseTokenSource {
  const listeners = new Set<TokenChangeListener>();
  // Of listeners that pass a change on. One that fails stays: what is not known to be applied is never acknowledged.
  const applying = new Set<Promise<unknown>>();
  let listener: TokenListener | null = null;

  const find = createTokenFinder(pool);
  const findByDigest = loggingFailures((candidates) => askAgain(() => find(candidates)), options.logger);

  const imported = createImportedSecrets(pool, () => listener?.listening ?? false);
  const rehasher = createRehasher(pool, options.logger);

  function emit(news: GatewayNews): void {
    if (news.kind === 'acknowledged' || news.kind === 'attendance') {
      onApplied(news);
      return;
    }
    if (news.kind !== 'fence') {
      imported.noteChange(news);
      for (const each of listeners) track(each(news));
    }
    if (applying.size === 0) onApplied(news);
    else void Promise.all(applying).then(() => onApplied(news), ignore);
  }

  function track(applied: unknown): void {
    if (!(applied instanceof Promise)) return;
    applying.add(applied);
    applied.then(() => applying.delete(applied), ignore);
  }

  return {
    findByDigest,
    imported,
    forgetImported: () => imported.noteChange({ kind: 'resync' }),
    rehash: rehasher.rehash,
    subscribe(each) {
      listeners.add(each);
      listener ??= listenForChanges({ ...options, emit });
      if (!listener.listening) queueMicrotask(() => listeners.has(each) && !listener?.listening && each({ kind: 'disconnected' }));
      return () => void listeners.delete(each);
    },
    async close() {
      listeners.clear();
      await listener?.close();
      await rehasher.close();
    },
  };
}

const ignore = () => undefined;

type Find = TokenSource['findByDigest'];

/** The guard's clients are told 503 and no reason; whoever runs it is told why, once until it is over. */
function loggingFailures(find: Find, logger: DatabaseLogger): Find {
  let isFailing = false;
  return async (candidates) => {
    try {
      const token = await find(candidates);
      if (isFailing) logger.info({}, 'Tokens can be looked up again');
      isFailing = false;
      return token;
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      if (!isFailing) logger.warn({ error: reason }, 'Tokens can not be looked up: requests with one that is not cached are answered 503');
      isFailing = true;
      throw error;
    }
  };
}
