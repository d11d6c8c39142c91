import path from 'node:path';
import {
  createGuard,
  createMemoryCounter,
  createTokenDigester,
  createTokenMint,
  type Guard,
  openSpool,
  type TokenDigester,
} from '@latchkey/bearer-auth';
import type { TokenDigest, TokenRecord, TokenSource } from '@latchkey/core';
import { aTokenRecord } from '@latchkey/core/testing';
import type { SubjectContext } from '../subject.ts';

/** The whole guard, its spool on the disk, and header lines of tokens it accepts. */
export interface OpenGuard {
  readonly guard: Guard;
  readonly credentials: readonly string[];
  close(): Promise<void>;
}

/** What an upright token of a shop has. */
const RESTRICTIONS: Partial<TokenRecord> = {
  allowedEndpoints: ['GET,HEAD /products*', '/stores/*/brands', 'GET /categories'],
  scopes: ['catalogue:read', 'orders:read'],
};
const RELEASE_EVERY_MS = 1_000;

export async function openGuard({ directory, tokenCount, limit }: SubjectContext): Promise<OpenGuard> {
  const digester = createTokenDigester({ secrets: ['a token secret for the benchmark'] });
  const { source, texts } = issueTokens(digester, tokenCount, limit);
  const spool = openSpool({ directory: path.join(directory, 'spool') });
  const guard = createGuard({
    tokens: source,
    counter: createMemoryCounter(),
    usage: spool,
    digester,
    require: { scopes: ['catalogue:read'] },
  });
  // In place of the reader, which is measured elsewhere: the disk would fill up.
  const releasing = setInterval(() => void spool.release(spool.end()), RELEASE_EVERY_MS);
  return {
    guard,
    credentials: texts.map((text) => `Authorization: Bearer ${text}`),
    async close() {
      clearInterval(releasing);
      await guard.close();
      await spool.close();
    },
  };
}

function issueTokens(digester: TokenDigester, count: number, max: number): { source: TokenSource; texts: string[] } {
  const mint = createTokenMint(digester);
  const records = new Map<string, TokenRecord>();
  const rateLimit = { max, windowMs: 60_000, algorithm: 'fixed' } as const;
  const texts = Array.from({ length: count }, (_, index) => {
    const text = mint.generate('lk_live_');
    records.set(keyOf(mint.digest(text)), aTokenRecord({ id: index + 1, secretId: index + 1, rateLimit, ...RESTRICTIONS }));
    return text;
  });
  const source: TokenSource = {
    findByDigest: async (candidates) => records.get(keyOf(candidates[0])) ?? null,
    subscribe: () => () => {},
  };
  return { source, texts };
}

function keyOf(digest: TokenDigest | undefined): string {
  return Buffer.from(digest?.digest ?? []).toString('hex');
}

/** No request may come once the guard is closed. */
export function closeBoth(server: { close(): Promise<void> }, guard: { close(): Promise<void> }): () => Promise<void> {
  return async () => {
    await server.close();
    await guard.close();
  };
}
