import { hash } from 'node:crypto';
import {
  type ImportedKinds,
  type LoadedToken,
  loadToken,
  type OwnerPools,
  type TokenChange,
  type TokenDigest,
  type TokenRecord,
  type TokenSource,
} from '@latchkey/core';
import type { BcryptComparer } from './bcrypt-comparer.ts';
import { createEntryStore, type EntryKeys } from './entry-store.ts';
import { createTextLookup } from './text-lookup.ts';

/** Tokens the guard knows already, so that a warm one costs no look-up. */
export interface TokenCache {
  /**
   * The token of a presented text, `null` where nobody issued it: at once when it is cached, otherwise a promise that rejects when the
   * source can not be asked.
   */
  find(text: string): LoadedToken | null | Promise<LoadedToken | null>;
  /** Forgets these tokens before it returns; loads under way do not bring the old state back. */
  invalidate(ids: readonly number[]): void;
  readonly size: number;
  /** Texts that `find` had an answer for. */
  readonly hits: number;
  /** Texts that waited for a look-up. */
  readonly misses: number;
  close(): void;
}

/** What a cache stands before, and how long it trusts what it holds. */
export interface TokenCacheOptions {
  readonly source: TokenSource;
  /** The digests to look a text up by; `[]`: it can not be a token. */
  readonly candidates: (text: string, imported: ImportedKinds) => readonly TokenDigest[];
  /** For imported bcrypt hashes; absent: they are not looked at. */
  readonly comparer?: BcryptComparer | undefined;
  /** Milliseconds of a clock that nobody sets: what is trusted for a while must not be trusted longer because the time of day was put back. Default `performance.now`. */
  readonly elapsed?: () => number;
  /** Limits that all tokens of one owner share. Default: none. */
  readonly pools?: OwnerPools | undefined;
  /** Default 100,000. Beyond it the tokens that were not used lately go first. */
  readonly maxEntries?: number;
  /** How long an entry is trusted while changes can not be heard. Default 300; tokens marked strict: 0. */
  readonly maxStaleSeconds?: number;
}

interface Entry extends EntryKeys {
  readonly token: LoadedToken;
  readonly loadedAt: number;
  /** Used since eviction last looked at it. */
  used: boolean;
}

/** A look-up under way, and what changed since it was begun or begun again. */
interface Load {
  result: Promise<LoadedToken | null>;
  changed: Map<number, number>;
  resynced: boolean;
}

const MAX_NEGATIVES = 10_000;
const NEGATIVE_TTL_MS = 5_000;
/** Each holds a request that waits; a source that answers many at once is through with them in a fraction of a second. */
const MAX_LOADS = 10_000;
const MAX_RELOADS = 3;

/** A cache over `source`, kept right by its change feed. The plain texts are not kept: entries are found by digests of them. */
export function createTokenCache(options: TokenCacheOptions): TokenCache {
  const { source, candidates, comparer, pools, maxEntries = 100_000, maxStaleSeconds = 300 } = options;
  const elapsed = options.elapsed ?? (() => performance.now());
  const lookup = createTextLookup({ source, candidates, comparer });
  const entries = createEntryStore<Entry>();
  // A token has a key for each of its secrets, two while one is rotated out.
  const keysById = new Map<number, string[]>();
  const negatives = new Map<string, number>();
  /** Those that may be joined. */
  const loads = new Map<string, Load>();
  const underWay = new Set<Load>();
  let disconnectedAt: number | null = null;
  let hits = 0;
  let misses = 0;

  function isTrusted(entry: Entry): boolean {
    if (disconnectedAt === null) return true;
    if (entry.token.record.strict) return false;
    return elapsed() - Math.max(entry.loadedAt, disconnectedAt) <= maxStaleSeconds * 1000;
  }

  function find(text: string): LoadedToken | null | Promise<LoadedToken | null> {
    const warm = entries.findWarm(text);
    return warm !== undefined && isTrusted(warm) ? use(warm) : findByKey(text);
  }

  function use(entry: Entry): LoadedToken {
    if (!entry.used) entry.used = true;
    hits += 1;
    return entry.token;
  }

  function findByKey(text: string): LoadedToken | null | Promise<LoadedToken | null> {
    const key = hash('sha256', text, 'base64');
    const entry = entries.get(key);
    if (entry !== undefined && isTrusted(entry)) return use(entry);
    const refusedUntil = negatives.get(key);
    if (refusedUntil !== undefined && elapsed() < refusedUntil) return refuseAgain();
    return joinLoad(key) ?? startLoad(key, text);
  }

  function refuseAgain(): null {
    hits += 1;
    return null;
  }

  function joinLoad(key: string): Load['result'] | undefined {
    const load = loads.get(key);
    if (load !== undefined) misses += 1;
    return load?.result;
  }

  function startLoad(key: string, text: string): LoadedToken | null | Promise<LoadedToken | null> {
    if (lookup.cannotBeToken(text)) return null;
    misses += 1;
    if (underWay.size >= MAX_LOADS) return Promise.reject(new Error('Too many token look-ups are under way.'));
    const load: Load = { result: Promise.resolve(null), changed: new Map(), resynced: false };
    underWay.add(load);
    loads.set(key, load);
    load.result = loadUnchanged(load, key, text).finally(() => {
      underWay.delete(load);
      endJoining(load, key);
    });
    return load.result;
  }

  function endJoining(load: Load, key: string): void {
    if (loads.get(key) === load) loads.delete(key);
  }

  /** Loads until nothing changed under the load's feet; of a token that changes all the time nothing can be said. */
  async function loadUnchanged(load: Load, key: string, text: string): Promise<LoadedToken | null> {
    let record: TokenRecord | null = null;
    for (let round = 0; round <= MAX_RELOADS; round++) {
      // What is answered at the end holds for who asked by now: whoever comes later has a right to what came later.
      if (round === MAX_RELOADS) endJoining(load, key);
      Object.assign(load, { changed: new Map(), resynced: false });
      record = await lookup.find(text);
      if (isCurrent(record, load)) return record === null ? keepNegative(key) : keep(key, text, record);
    }
    if (record !== null) throw new Error('The token changed each time it was looked up.');
    return null;
  }

  function keepNegative(key: string): null {
    if (negatives.size >= MAX_NEGATIVES) deleteOldest(negatives);
    negatives.set(key, elapsed() + NEGATIVE_TTL_MS);
    return null;
  }

  function keep(key: string, text: string, record: TokenRecord): LoadedToken {
    forgetOlder(record);
    if (entries.size >= maxEntries && entries.get(key) === undefined) evictOne();
    const token = loadToken(record, pools);
    entries.set({ key, digest: entries.digest(text), token, loadedAt: elapsed(), used: false });
    const keys = keysById.get(record.id);
    if (keys === undefined) keysById.set(record.id, [key]);
    else if (!keys.includes(key)) keys.push(key);
    negatives.delete(key);
    return token;
  }

  function forget(id: number): void {
    for (const key of keysById.get(id) ?? []) {
      const entry = entries.get(key);
      if (entry !== undefined) entries.delete(entry);
    }
    keysById.delete(id);
  }

  /** What another secret of the same token brought in before the token changed. */
  function forgetOlder({ id, version }: TokenRecord): void {
    for (const key of [...(keysById.get(id) ?? [])]) {
      const entry = entries.get(key);
      if (entry !== undefined && entry.token.record.version < version) forgetEntry(entry);
    }
  }

  function forgetEntry(entry: Entry): void {
    const { key, token } = entry;
    entries.delete(entry);
    const keys = keysById.get(token.record.id);
    keys?.splice(keys.indexOf(key), 1);
    if (keys?.length === 0) keysById.delete(token.record.id);
  }

  /** Second chance: the oldest entry that was not used since the last look goes. */
  function evictOne(): void {
    for (const entry of entries.values()) {
      if (!entry.used) {
        forgetEntry(entry);
        return;
      }
      entry.used = false;
      entries.set(entry);
    }
  }

  /** @param version the version that brought the change; `Infinity`: no load that began before is new enough. */
  function drop(id: number, version: number): void {
    forget(id);
    negatives.clear();
    for (const load of underWay) load.changed.set(id, Math.max(version, load.changed.get(id) ?? 0));
  }

  function onChange(change: TokenChange): void {
    switch (change.kind) {
      case 'changed':
        drop(change.tokenId, change.version);
        break;
      case 'disconnected':
        disconnectedAt ??= elapsed() - (change.silentMs ?? 0);
        break;
      case 'resumed':
        disconnectedAt = null;
        break;
      case 'resync':
        dropAll();
        break;
    }
  }

  function dropAll(): void {
    disconnectedAt = null;
    entries.clear();
    keysById.clear();
    negatives.clear();
    for (const load of underWay) load.resynced = true;
  }

  const unsubscribe = source.subscribe(onChange);
  return {
    find,
    invalidate: (ids) => {
      for (const id of ids) drop(id, Number.POSITIVE_INFINITY);
    },
    get size() {
      return entries.size;
    },
    get hits() {
      return hits;
    },
    get misses() {
      return misses;
    },
    close: unsubscribe,
  };
}

/** Whether what a load found is at least as new as every change that was heard while it ran. */
function isCurrent(record: TokenRecord | null, load: Load): boolean {
  if (load.resynced) return false;
  if (record === null) return load.changed.size === 0;
  return record.version >= (load.changed.get(record.id) ?? 0);
}

function deleteOldest(map: Map<string, unknown>): void {
  for (const key of map.keys()) {
    map.delete(key);
    return;
  }
}
