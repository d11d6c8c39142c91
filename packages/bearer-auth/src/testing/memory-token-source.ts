import type { TokenChange, TokenDigest, TokenRecord, TokenSource } from '@latchkey/core';
import { aTokenRecord } from '@latchkey/core/testing';
import type { TokenMint } from '../token-mint.ts';

/** A token source that tests fill and change by hand. */
export interface MemoryTokenSource extends TokenSource {
  /** Adds a token with the next id and answers its text. */
  issue(changes?: Partial<TokenRecord>): string;
  /** Gives a token a further secret and answers its text; `changes` name what is the secret's own. */
  addSecret(id: number, changes?: SecretFields): string;
  /** Changes a token and tells the listeners, as the database does. Answers the new record. */
  change(id: number, changes: Partial<TokenRecord>): TokenRecord;
  /** Changes a token without telling anybody. */
  changeSilently(id: number, changes: Partial<TokenRecord>): void;
  announce(change: TokenChange): void;
  /** While set, look-ups fail with it. */
  failure: Error | null;
  /** Look-ups so far. */
  readonly lookups: number;
}

type SecretFields = Partial<Pick<TokenRecord, 'secretId' | 'secretExpiresAt' | 'secretVersion'>>;

/** A source without tokens; `mint` makes the texts of those that are issued. */
export function createMemoryTokenSource(mint: TokenMint): MemoryTokenSource {
  const records = new Map<number, TokenRecord>();
  const idByDigest = new Map<string, number>();
  const secretByDigest = new Map<string, SecretFields>();
  const listeners = new Set<(change: TokenChange) => void>();
  let lookups = 0;

  function announce(change: TokenChange): void {
    for (const listener of listeners) listener(change);
  }

  function replace(id: number, changes: Partial<TokenRecord>): TokenRecord {
    const before = records.get(id);
    if (before === undefined) throw new Error(`There is no token ${id}.`);
    const after = { ...before, ...changes, version: before.version + 1 };
    records.set(id, after);
    return after;
  }

  const source: MemoryTokenSource = {
    failure: null,
    get lookups() {
      return lookups;
    },
    issue(changes = {}) {
      const record = aTokenRecord({ id: records.size + 1, secretId: records.size + 101, ...changes });
      const text = mint.generate(record.environment === 'test' ? 'lk_test_' : 'lk_live_');
      records.set(record.id, record);
      idByDigest.set(keyOf(mint.digest(text)), record.id);
      announce({ kind: 'changed', tokenId: record.id, version: record.version });
      return text;
    },
    addSecret(id, changes = {}) {
      const record = replace(id, {});
      const text = mint.generate('lk_live_');
      const key = keyOf(mint.digest(text));
      idByDigest.set(key, id);
      secretByDigest.set(key, { secretId: secretByDigest.size + 1_001, ...changes });
      announce({ kind: 'changed', tokenId: id, version: record.version });
      return text;
    },
    change(id, changes) {
      const after = replace(id, changes);
      announce({ kind: 'changed', tokenId: id, version: after.version });
      return after;
    },
    changeSilently: replace,
    announce,
    async findByDigest(candidates) {
      lookups++;
      if (source.failure !== null) throw source.failure;
      const key = candidates.map(keyOf).find((each) => idByDigest.has(each)) ?? '';
      const record = records.get(idByDigest.get(key) ?? 0);
      return record === undefined ? null : { ...record, ...secretByDigest.get(key) };
    },
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
  return source;
}

function keyOf(digest: TokenDigest): string {
  return `${digest.algorithm} ${digest.secretVersion} ${Buffer.from(digest.digest).toString('hex')}`;
}
