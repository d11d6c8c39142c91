import type { GatewayNews } from './gateway-news.ts';

/** What a process says of itself. */
export interface GatewayDescription {
  /** How people tell it from the others. A process that starts under the name and host of one that is no longer seen takes its place. */
  readonly name: string;
  readonly host: string;
  readonly pid: number;
  /** Of Latchkey. */
  readonly version: string;
  /** That serve requests. */
  readonly threads: number;
  /** What counts rate limits at the moment, such as `memory` or `valkey`; asked at every heartbeat. */
  readonly limiterMode: () => string;
  /** How long it trusts its cache while it can not hear changes. */
  readonly maxStaleSeconds: number;
}

/** A process as the others know it. Instants are ISO-8601 UTC with milliseconds. */
export interface GatewayView {
  /** Random, made anew at every start. */
  id: string;
  name: string;
  host: string;
  pid: number;
  version: string;
  threads: number;
  limiterMode: string;
  /** `silent`: it was not seen for five seconds, or can not hear changes. */
  state: 'live' | 'silent';
  startedAt: string;
  seenAt: string;
  /** The newest version of a token that it has applied, as it last said. */
  appliedVersion: number;
  maxStaleSeconds: number;
}

/** A gateway that did not say in time that it has applied a change. */
export interface SilentGateway {
  name: string;
  host: string;
  seenAt: string;
}

/** Where a change is in force. */
export interface Effective {
  /** Processes that may serve: those that are seen, and those that went away without a word so lately that they may still trust their cache. */
  gateways: number;
  /** Of those, how many no longer use an older state. */
  acknowledged: number;
  /** From the commit of the change until the last acknowledgement, or until nobody was waited for any longer. Whole milliseconds, rounded up. */
  ms: number;
  silent: SilentGateway[];
}

/** The processes that serve, and what they have heard. */
export interface GatewayRegistry {
  /**
   * Enters this process, and says every second that it is there until `close`. Resolves once the others count on it, and it knows of them: before that, it must
   * not serve. Once per process.
   */
  register(self: GatewayDescription): Promise<void>;
  /**
   * Processes that were seen within five seconds, this one included; at least 1. As of the last heartbeat, or of when one of them last said that it
   * comes or goes.
   */
  liveCount(): number;
  /** As `liveCount`: how many threads serve in each of them, this one first. */
  liveThreads(): number[];
  /** Calls `watcher` whenever `liveCount` or `liveThreads` may have changed, until what comes back is called. */
  watch(watcher: () => void): () => void;
  /** Every process that was seen within the hour, by name. */
  list(): Promise<GatewayView[]>;
  /**
   * For a process that has committed a change and applied it itself: resolves when every other one has applied it as well, or when those that
   * have not are not worth waiting for – a second for one that answered so far, a tenth for one that did not the last time. Never rejects.
   */
  confirm(): Promise<Effective>;
  /** For what listens to the database: everything that was heard, after it was applied. */
  hear(news: GatewayNews): void;
  /** Takes this process out, so that nobody waits for it. */
  close(): Promise<void>;
}
