import { Socket } from 'node:net';
import { Client } from 'pg';
import type { DatabaseLogger } from '../database-logger.ts';
import { APPLIED_CHANNEL, ATTENDANCE_CHANNEL, FENCE_CHANNEL, type GatewayNews, parseNews, TOKEN_CHANNEL } from '../gateway/gateway-news.ts';

export interface ListenerOptions {
  readonly url: string;
  readonly logger: DatabaseLogger;
  readonly emit: (news: GatewayNews) => void;
  /** How often a connection is asked whether it is still there; 500. */
  readonly heartbeatMs?: number;
  /** After how much silence what is in the cache is doubted; 750. */
  readonly doubtMs?: number;
  /** How long it may take to answer before it is given up, or to connect; 3,000. */
  readonly patienceMs?: number;
}

export interface TokenListener {
  /** Changes can be heard at the moment. */
  readonly listening: boolean;
  close(): Promise<void>;
}

const SHORTEST_PAUSE_MS = 100;
const LONGEST_PAUSE_MS = 5_000;

/**
 * Listens on a connection of its own until it is closed. Emits `resync` each time it begins to hear (what happened before went unheard),
 * and a fence with what that covers; what is told from then on; `disconnected` when it can hear no longer, with how long it has been deaf
 * already, and `resumed` where the same connection answers after all. A lost one is made again, with growing pauses.
 */
export function listenForChanges(options: ListenerOptions): TokenListener {
  const { logger, emit } = options;
  const stop = new AbortController();
  const hearing = createHearing(emit);

  async function run(): Promise<void> {
    for (let failures = 0; !stop.signal.aborted; failures += 1) {
      const reason = await listenOnce(options, stop.signal, hearing, (version) => {
        failures = 0;
        hearing.begin(version);
      });
      if (stop.signal.aborted) return;
      if (hearing.end()) logger.warn({ reason }, 'Changes of tokens can not be heard: the connection to the database was lost');
      await pause(failures, stop.signal);
    }
  }

  const ended = run();
  return {
    get listening() {
      return hearing.now;
    },
    async close() {
      stop.abort();
      await ended;
    },
  };
}

/** Whether changes are heard, and since when that is known. */
function createHearing(emit: (news: GatewayNews) => void) {
  let connected = false;
  let doubted = false;
  let provenAt = 0;

  function lose(): void {
    emit({ kind: 'disconnected', silentMs: Math.round(performance.now() - provenAt) });
  }

  return {
    get now() {
      return connected && !doubted;
    },
    begin(version: number): void {
      connected = true;
      provenAt = performance.now();
      emit({ kind: 'resync' });
      emit({ kind: 'fence', version, from: null });
    },
    /** Everything that was committed before `at` has been heard: an answer comes after it on the same wire. */
    prove(at: number): void {
      provenAt = at;
      if (doubted) emit({ kind: 'resumed' });
      doubted = false;
    },
    doubt(): void {
      if (connected && !doubted) lose();
      doubted = true;
    },
    /** Whether it was heard until now. */
    end(): boolean {
      const was = connected;
      if (connected && !doubted) lose();
      connected = false;
      doubted = false;
      return was;
    },
  };
}

type Hearing = ReturnType<typeof createHearing>;

// What was committed before the number was read is seen by every look-up that begins after it.
const LISTEN = [TOKEN_CHANNEL, FENCE_CHANNEL, APPLIED_CHANNEL, ATTENDANCE_CHANNEL].map((channel) => `listen ${channel}`).join('; ');
const LAST_VERSION = 'select last_value::float8 as version from api_token_version';

/** One connection from beginning to end. Answers why it ended; never rejects. */
async function listenOnce(
  options: ListenerOptions,
  stop: AbortSignal,
  hearing: Hearing,
  onListening: (version: number) => void,
): Promise<string> {
  const { url, emit, patienceMs = 3_000 } = options;
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
  client.on('notification', ({ channel, payload }) => {
    const news = parseNews(channel, payload ?? '');
    if (news) emit(news);
  });
  const onStop = () => ended.resolve('closed');
  stop.addEventListener('abort', onStop);
  const pulse = createPulse(client, options, hearing, ended.resolve);
  try {
    const version = await Promise.race([openListening(client), ended.promise]);
    if (typeof version === 'string') return version;
    onListening(version);
    pulse.start();
    return await ended.promise;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  } finally {
    pulse.stop();
    stop.removeEventListener('abort', onStop);
    socket.destroy();
  }
}

async function openListening(client: Client): Promise<number> {
  await client.connect();
  await client.query(LISTEN);
  const { rows } = await client.query<{ version: number }>(LAST_VERSION);
  return rows[0]?.version ?? 0;
}

/** Asks again and again whether the connection is still there. */
function createPulse(client: Client, options: ListenerOptions, hearing: Hearing, onLost: (reason: string) => void) {
  const { heartbeatMs = 500, doubtMs = 750 } = options;
  let timer: NodeJS.Timeout | undefined;
  let doubt: NodeJS.Timeout | undefined;

  async function ask(): Promise<void> {
    const askedAt = performance.now();
    doubt = setTimeout(() => hearing.doubt(), doubtMs);
    await client.query('select 1');
    clearTimeout(doubt);
    hearing.prove(askedAt);
    timer = setTimeout(() => void beat(), heartbeatMs);
  }

  function beat(): Promise<void> {
    return ask().catch(({ message }: Error) => onLost(message));
  }

  return {
    start: () => void beat(),
    stop() {
      clearTimeout(timer);
      clearTimeout(doubt);
      timer = doubt = undefined;
    },
  };
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
