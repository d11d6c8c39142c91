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
  close(): void;
}

export interface TokenCacheOptions {
  readonly source: TokenSource;
  /** The digests to look a text up by; `[]`: it can not be a token. */
  readonly candidates: (text: string, imported: ImportedKinds) => readonly TokenDigest[];
  /** For imported bcrypt hashes; absent: they are not looked at. */
  readonly comparer?: BcryptComparer | undefined;
  readonly now: () => number;
  /** Limits that all tokens of one owner share. Default: none. */
  readonly pools?: OwnerPools | undefined;
  /** Default 100,000. Beyond it the tokens that were not used lately go first. */
  readonly maxEntries?: number;
  /** How long an entry is trusted while changes can not be heard. Default 300; tokens marked strict: 0. */
  readonly maxStaleSeconds?: number;
}

interface Entry {
  readonly key: string;
  readonly token: LoadedToken;
  readonly loadedAt: number;
  /** Used since eviction last looked at it. */
  used: boolean;
}

/** A look-up under way, and what changed meanwhile. */
interface Load {
  readonly result: Promise<LoadedToken | null>;
  changed: Map<number, number>;
  resynced: boolean;
}

const MAX_NEGATIVES = 10_000;
const NEGATIVE_TTL_MS = 5_000;
const MAX_LOADS = 1_000;
const MAX_RELOADS = 3;

/** A cache over `source`, kept right by its change feed. The plain texts are not kept: entries are keyed by SHA-256. */
export function createTokenCache(options: TokenCacheOptions): TokenCache {
  const { source, candidates, comparer, now, pools, maxEntries = 100_000, maxStaleSeconds = 300 } = options;
  const lookup = createTextLookup({ source, candidates, comparer });
  const entries = new Map<string, Entry>();
  // A token has a key for each of its secrets, two while one is rotated out.
  const keysById = new Map<number, string[]>();
  const negatives = new Map<string, number>();
  const loads = new Map<string, Load>();
  let disconnectedAt: number | null = null;

  function isTrusted(entry: Entry): boolean {
    if (disconnectedAt === null) return true;
    if (entry.token.record.strict) return false;
    return now() - Math.max(entry.loadedAt, disconnectedAt) <= maxStaleSeconds * 1000;
  }

  function find(text: string): LoadedToken | null | Promise<LoadedToken | null> {
    const key = hash('sha256', text, 'base64');
    const entry = entries.get(key);
    if (entry !== undefined && isTrusted(entry)) {
      entry.used = true;
      return entry.token;
    }
    const refusedUntil = negatives.get(key);
    if (refusedUntil !== undefined && now() < refusedUntil) return null;
    return loads.get(key)?.result ?? startLoad(key, text);
  }

  function startLoad(key: string, text: string): LoadedToken | null | Promise<LoadedToken | null> {
    if (lookup.cannotBeToken(text)) return null;
    if (loads.size >= MAX_LOADS) return Promise.reject(new Error('Too many token look-ups are under way.'));
    const result = Promise.resolve().then(() => loadUnchanged(key, text));
    const settled = result.finally(() => loads.delete(key));
    loads.set(key, { result: settled, changed: new Map(), resynced: false });
    return settled;
  }

  /** Loads until nothing changed under the load's feet. After a few rounds the answer is used once and not kept. */
  async function loadUnchanged(key: string, text: string): Promise<LoadedToken | null> {
    let record: TokenRecord | null = null;
    for (let round = 0; round <= MAX_RELOADS; round++) {
      const load = loads.get(key);
      if (load !== undefined) Object.assign(load, { changed: new Map(), resynced: false });
      record = await lookup.find(text);
      if (load === undefined || isCurrent(record, load)) return record === null ? keepNegative(key) : keep(key, record);
    }
    return record === null ? null : loadToken(record, pools);
  }

  function keepNegative(key: string): null {
    if (negatives.size >= MAX_NEGATIVES) deleteOldest(negatives);
    negatives.set(key, now() + NEGATIVE_TTL_MS);
    return null;
  }

  function keep(key: string, record: TokenRecord): LoadedToken {
    forgetOlder(record);
    if (entries.size >= maxEntries && !entries.has(key)) evictOne();
    const token = loadToken(record, pools);
    entries.set(key, { key, token, loadedAt: now(), used: false });
    const keys = keysById.get(record.id);
    if (keys === undefined) keysById.set(record.id, [key]);
    else if (!keys.includes(key)) keys.push(key);
    negatives.delete(key);
    return token;
  }

  function forget(id: number): void {
    for (const key of keysById.get(id) ?? []) entries.delete(key);
    keysById.delete(id);
  }

  /** What another secret of the same token brought in before the token changed. */
  function forgetOlder({ id, version }: TokenRecord): void {
    for (const key of [...(keysById.get(id) ?? [])]) {
      const entry = entries.get(key);
      if (entry !== undefined && entry.token.record.version < version) forgetEntry(entry);
    }
  }

  function forgetEntry({ key, token }: Entry): void {
    entries.delete(key);
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
      entries.delete(entry.key);
      entries.set(entry.key, entry);
    }
  }

  /** @param version the version that brought the change; `Infinity`: no load that began before is new enough. */
  function drop(id: number, version: number): void {
    forget(id);
    negatives.clear();
    for (const load of loads.values()) load.changed.set(id, Math.max(version, load.changed.get(id) ?? 0));
  }

  function onChange(change: TokenChange): void {
    switch (change.kind) {
      case 'changed':
        drop(change.tokenId, change.version);
        break;
      case 'disconnected':
        disconnectedAt ??= now();
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
    for (const load of loads.values()) load.resynced = true;
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
