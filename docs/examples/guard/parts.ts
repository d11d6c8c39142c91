// What the guard stands on, here all in one process: tokens in memory, limits in memory, usage records in a spool on disk.
// In front of a Latchkey database, tokens and usage store are those of `@latchkey/database`.
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import {
  createGuard,
  createMemoryCounter,
  createSpoolReader,
  createTokenDigester,
  createTokenMint,
  type Guard,
  openSpool,
  type SpoolPosition,
  type SpoolRecord,
  type TokenDigest,
  type TokenMint,
  type TokenRecord,
  type TokenSource,
  type UsageStore,
} from '@latchkey/bearer-auth';

export interface Parts {
  readonly guard: Guard;
  /** Texts of tokens that were just made: the only time that they can be read. */
  readonly reader: string;
  readonly writer: string;
  /** Everything that was recorded so far. */
  recorded(): Promise<readonly SpoolRecord[]>;
  close(): Promise<void>;
}

/** A guard with two tokens: both may read, one may write, and each has 5 requests a minute. */
export async function openParts(): Promise<Parts> {
  const digester = createTokenDigester({ secrets: ['your token secret, from your configuration'] });
  const mint = createTokenMint(digester);
  const tokens = createTokens(mint);
  const spool = openSpool({ directory: await mkdtemp(path.join(tmpdir(), 'latchkey-example-')) });
  const store = createStore();
  const shipping = createSpoolReader({ spool, store, now: Date.now });
  const guard = createGuard({ tokens, counter: createMemoryCounter(), usage: spool, digester, realm: 'example' });
  return {
    guard,
    reader: tokens.add({ name: 'Reader', scopes: ['read'] }),
    writer: tokens.add({ name: 'Writer', scopes: ['read', 'write'] }),
    async recorded() {
      await shipping.flush();
      return store.records;
    },
    async close() {
      await guard.close();
      await shipping.close();
      await spool.close();
    },
  };
}

/** A token source of a few lines: it finds tokens by their digests, and never has their texts. */
function createTokens(mint: TokenMint): TokenSource & { add(fields: Pick<TokenRecord, 'name' | 'scopes'>): string } {
  const records = new Map<string, TokenRecord>();
  const keyOf = ({ digest }: TokenDigest) => Buffer.from(digest).toString('hex');
  return {
    findByDigest: async (candidates) => candidates.map((each) => records.get(keyOf(each))).find((each) => each !== undefined) ?? null,
    // Tokens of this example never change.
    subscribe: () => () => undefined,
    add(fields) {
      const text = mint.generate('lk_live_');
      const id = records.size + 1;
      records.set(keyOf(mint.digest(text)), { ...UNRESTRICTED, ...fields, id, secretId: id });
      return text;
    },
  };
}

const UNRESTRICTED: Omit<TokenRecord, 'id' | 'secretId' | 'name' | 'scopes'> = {
  version: 1,
  configId: 'default',
  ownerType: null,
  ownerId: null,
  keyType: null,
  environment: 'live',
  active: true,
  notBefore: null,
  expiresAt: null,
  revokedAt: null,
  allowedEndpoints: ['/products*'],
  permissions: null,
  rateLimit: { max: 5, windowMs: 60_000, algorithm: 'fixed' },
  trial: null,
  limits: [],
  quota: null,
  allowedIps: null,
  strict: false,
  secretExpiresAt: null,
  secretVersion: 0,
};

/** A store in memory, which keeps its promise: records and position change together. */
function createStore(): UsageStore & { readonly records: SpoolRecord[] } {
  const records: SpoolRecord[] = [];
  let position: SpoolPosition | null = null;
  return {
    records,
    readPosition: async () => position,
    async ingest(_spoolId, batch, _from, to) {
      records.push(...batch);
      position = to;
    },
  };
}

/** Says where it listens, and stops on SIGTERM with the number of recorded requests. */
export function announce(url: string, parts: Parts, stop: () => Promise<void>): void {
  console.log(`Listening: ${url}`);
  console.log(`Reads: curl -H 'Authorization: Bearer ${parts.reader}' ${url}/api/products`);
  console.log(`Writes: curl -X POST -H 'Authorization: Bearer ${parts.writer}' ${url}/api/products`);
  process.once('SIGTERM', async () => {
    await stop();
    console.log(`Recorded: ${(await parts.recorded()).filter(({ kind }) => kind === 'request').length}`);
    await parts.close();
  });
}
