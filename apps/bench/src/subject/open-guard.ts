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
import type { TokenRecord, TokenSource } from '@latchkey/core';
import { aTokenRecord } from '@latchkey/core/testing';
import type { SubjectContext } from './subject.ts';

/** The whole guard, its spool on the disk, and header lines of tokens it accepts. */
export interface OpenGuard {
  readonly guard: Guard;
  readonly credentials: readonly string[];
  close(): Promise<void>;
}

/** What an upright token of a shop has; nothing of it ever refuses the benchmark's request. */
const RESTRICTIONS: Partial<TokenRecord> = {
  allowedEndpoints: ['GET,HEAD /products*', '/stores/*/brands', 'GET /categories'],
  scopes: ['catalogue:read', 'orders:read'],
  rateLimit: { max: 1_000_000_000, windowMs: 60_000, algorithm: 'fixed' },
};
const RELEASE_EVERY_MS = 1_000;

export async function openGuard({ directory, tokenCount }: Pick<SubjectContext, 'directory' | 'tokenCount'>): Promise<OpenGuard> {
  const digester = createTokenDigester({ secrets: ['a token secret for the benchmark'] });
  const { source, texts } = issueTokens(digester, tokenCount);
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

function issueTokens(digester: TokenDigester, count: number): { source: TokenSource; texts: string[] } {
  const mint = createTokenMint(digester);
  const records = new Map<string, TokenRecord>();
  const texts = Array.from({ length: count }, (_, index) => {
    const text = mint.generate('lk_live_');
    records.set(
      Buffer.from(mint.digest(text).digest).toString('hex'),
      aTokenRecord({ id: index + 1, secretId: index + 1, ...RESTRICTIONS }),
    );
    return text;
  });
  const source: TokenSource = {
    findByDigest: async ([candidate]) => records.get(Buffer.from(candidate?.digest ?? []).toString('hex')) ?? null,
    subscribe: () => () => {},
  };
  return { source, texts };
}
