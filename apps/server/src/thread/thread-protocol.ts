import type { SharedCounterMemory } from '@latchkey/bearer-auth/shared';
import type { ImportedSecrets, QuotaLedger, TokenChange, TokenPolicy, TokenSource } from '@latchkey/core';
import type { MetricObjectWithValues, MetricValue } from 'prom-client';
import type { Config } from '../config/config.ts';
import type { ThreadAddress } from '../http/listen.ts';

export type ThreadFigures = MetricObjectWithValues<MetricValue<string>>[];

/** What the main thread asks of one that serves. A change is applied when it was answered. Beside that a thread takes `{ spool: MessagePort }`s. */
export type ThreadMethods = {
  /** Answers the port. */
  listen(address: ThreadAddress): Promise<number>;
  applyChange(change: TokenChange): void;
  invalidate(ids: readonly number[]): void;
  readFigures(): Promise<ThreadFigures>;
  isAccepting(): Promise<boolean>;
  unspent(tokenId: number, epoch: number, refillAt: number | null): Promise<number>;
  /** Finishes what is in flight, gives back what is leased and writes everything out. */
  close(): Promise<void>;
};

/** What a thread asks of the main one, which alone talks to the database. */
export type MainMethods = {
  /** It has loaded everything, and can listen. */
  ready(): void;
  findByDigest: TokenSource['findByDigest'];
  importedKinds: ImportedSecrets['kinds'];
  findBcrypt: ImportedSecrets['findBcrypt'];
  rehash: NonNullable<TokenSource['rehash']>;
  lease: QuotaLedger['lease'];
  giveBack: QuotaLedger['giveBack'];
  /** One line of the log, as JSON. */
  log(line: string): void;
};

/** The settings that the gateway reads, without secrets of others and in a form that can be passed to a thread. */
export type ThreadConfig = Omit<
  Config,
  'admin' | 'databaseUrl' | 'authSecret' | 'tokenSecrets' | 'upstreamUrl' | 'publicUrl' | 'leakKeysUrl'
> & {
  readonly upstreamUrl: string;
  readonly publicUrl: string | null;
};

/** What a thread is started with. */
export interface ThreadData {
  /** From 1. */
  readonly number: number;
  /** In the shared counter. */
  readonly holder: number;
  readonly counter: SharedCounterMemory;
  /** [0]: how many counters divide a limit while a Valkey is away. */
  readonly liveCounters: SharedArrayBuffer;
  readonly config: ThreadConfig;
  readonly policy: TokenPolicy;
  readonly tokenSecrets: readonly string[];
  readonly spoolDirectory: string;
  /** Where the main thread takes what is not for the gateway. */
  readonly mainSocket: string;
}

export function toThreadConfig(config: Config, upstreamUrl: URL): ThreadConfig {
  const { admin: _admin, databaseUrl: _url, authSecret: _secret, tokenSecrets: _secrets, leakKeysUrl: _keys, ...rest } = config;
  return { ...rest, upstreamUrl: upstreamUrl.href, publicUrl: config.publicUrl?.href ?? null };
}

export function fromThreadConfig(config: ThreadConfig): Config {
  return {
    ...config,
    ...{ admin: null, databaseUrl: null, authSecret: null, tokenSecrets: null, leakKeysUrl: null },
    upstreamUrl: new URL(config.upstreamUrl),
    publicUrl: config.publicUrl === null ? null : new URL(config.publicUrl),
  };
}
