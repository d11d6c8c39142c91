import { Socket } from 'node:net';
import type { TokenChange } from '@latchkey/core';
import { Client } from 'pg';
import type { DatabaseLogger } from '../database-logger.ts';

export interface ListenerOptions {
  readonly url: string;
  readonly logger: DatabaseLogger;
  readonly emit: (change: TokenChange) => void;
  /** How often a silent connection is asked whether it is still there; 3,000. */
  readonly heartbeatMs?: number;
  /** How long it may take to answer, or to connect; 3,000. */
  readonly patienceMs?: number;
}

export interface TokenListener {
  /** Changes can be heard at the moment. */
  readonly listening: boolean;
  close(): Promise<void>;
}

const CHANNEL = 'latchkey_tokens';
const SHORTEST_PAUSE_MS = 100;
const LONGEST_PAUSE_MS = 5_000;

/**
 * Listens on a connection of its own until it is closed. Emits `resync` each time it begins to hear (what happened before went
 * unheard), `changed` for each change, and `disconnected` when it can hear no longer; then it connects again, with growing pauses.
 */
export function listenForChanges(options: ListenerOptions): TokenListener {
  const { logger, emit } = options;
  const stop = new AbortController();
  let listening = false;

  async function run(): Promise<void> {
    for (let failures = 0; !stop.signal.aborted; failures += 1) {
      const reason = await listenOnce(options, stop.signal, () => {
        failures = 0;
        listening = true;
        emit({ kind: 'resync' });
      });
      if (stop.signal.aborted) return;
      if (listening) {
        listening = false;
        emit({ kind: 'disconnected' });
        logger.warn({ reason }, 'Changes of tokens can not be heard: the connection to the database was lost');
      }
      await pause(failures, stop.signal);
    }
  }

  const ended = run();
  return {
    get listening() {
      return listening;
    },
    async close() {
      stop.abort();
      await ended;
    },
  };
}

/** One connection from beginning to end. Answers why it ended; never rejects. */
async function listenOnce(options: ListenerOptions, stop: AbortSignal, onListening: () => void): Promise<string> {
  const { url, emit, heartbeatMs = 3_000, patienceMs = 3_000 } = options;
  // Ours, because a connection that hangs half-way takes no farewell: it has to be cut off.
  const socket = new Socket();
  const client = new Client({
    connectionString: url,
    application_name: 'latchkey-listener',
    connectionTimeoutMillis: patienceMs,
    query_timeout: patienceMs,
    keepAlive: true,
    stream: () => socket,
  });
  const ended = Promise.withResolvers<string>();
  client.on('error', (error) => ended.resolve(error.message));
  client.on('end', () => ended.resolve('the server closed the connection'));
  client.on('notification', ({ payload }) => emit(parseChange(payload)));
  const onStop = () => ended.resolve('closed');
  stop.addEventListener('abort', onStop);
  let heartbeat: NodeJS.Timeout | undefined;
  const ask = async () => {
    await client.query('select 1');
    heartbeat = setTimeout(() => void ask().catch(({ message }: Error) => ended.resolve(message)), heartbeatMs);
  };
  try {
    await Promise.race([client.connect().then(() => client.query(`listen ${CHANNEL}`)), ended.promise]);
    if (stop.aborted) return 'closed';
    onListening();
    await Promise.race([ask(), ended.promise]);
    return await ended.promise;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  } finally {
    clearTimeout(heartbeat);
    stop.removeEventListener('abort', onStop);
    socket.destroy();
  }
}

/** What is not understood may mean any change. */
function parseChange(payload: string | undefined): TokenChange {
  const match = /^\{"id" ?: ?(\d+), ?"version" ?: ?(\d+)\}$/.exec(payload ?? '');
  return match ? { kind: 'changed', tokenId: Number(match[1]), version: Number(match[2]) } : { kind: 'resync' };
}

/** Doubling, and never the same for two processes, so that they do not all come back at once. */
async function pause(failures: number, stop: AbortSignal): Promise<void> {
  const longest = Math.min(LONGEST_PAUSE_MS, SHORTEST_PAUSE_MS * 2 ** failures);
  const { promise, resolve } = Promise.withResolvers<void>();
  const timer = setTimeout(resolve, longest * (0.5 + Math.random() / 2));
  stop.addEventListener('abort', () => resolve(), { once: true });
  await promise;
  clearTimeout(timer);
}
