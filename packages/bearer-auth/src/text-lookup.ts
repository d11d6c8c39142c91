import type { BcryptCandidate, ImportedKinds, TokenDigest, TokenRecord, TokenSource } from '@latchkey/core';
import type { BcryptComparer } from './bcrypt-comparer.ts';

export interface TextLookupOptions {
  readonly source: TokenSource;
  /** The digests to look a text up by; `[]`: it can not be a token. */
  readonly candidates: (text: string, imported: ImportedKinds) => readonly TokenDigest[];
  /** For imported bcrypt hashes; absent: they are not looked at. */
  readonly comparer?: BcryptComparer | undefined;
}

const NOTHING_IMPORTED: ImportedKinds = { foreign: false, sha256: false, bcrypt: false };
/** How much of its beginning a bcrypt hash is found by: more of a text is not to be seen in a query. */
const HINT_LENGTH = 8;

/** Asks the source for the token of a presented text, imported ones included, and sees to it that old digests are made anew. */
export function createTextLookup({ source, candidates, comparer }: TextLookupOptions) {
  const kinds = () => source.imported?.kinds() ?? NOTHING_IMPORTED;

  async function find(text: string): Promise<TokenRecord | null> {
    const imported = await kinds();
    const digests = candidates(text, imported);
    const newest = digests[0];
    if (newest === undefined) return null;
    const record = (await source.findByDigest(digests)) ?? (imported.bcrypt ? await findBcrypt(text) : null);
    if (record !== null && isOutdated(record, digests)) source.rehash?.(record.secretId, record.secretVersion, newest);
    return record;
  }

  /** A bcrypt hash can not be looked up: those that could be of this text are compared, one by one. */
  async function findBcrypt(text: string): Promise<TokenRecord | null> {
    if (comparer === undefined || source.imported === undefined) return null;
    const starts = Array.from({ length: HINT_LENGTH + 1 }, (_, length) => text.slice(0, length));
    const found: readonly BcryptCandidate[] = await source.imported.findBcrypt({ starts, last4: text.slice(-4) });
    for (const { hash, record } of found) {
      if (await comparer.compare(text, hash)) return record;
    }
    return null;
  }

  return {
    find,
    /** That a text can not be a token is known without asking anybody. */
    cannotBeToken(text: string): boolean {
      const imported = kinds();
      return !(imported instanceof Promise) && candidates(text, imported).length === 0;
    },
  };
}

/** A digest under an older secret of this process, or under none. One that it does not know is newer than what it knows. */
function isOutdated({ secretVersion }: TokenRecord, digests: readonly TokenDigest[]): boolean {
  if (secretVersion === digests[0]?.secretVersion) return false;
  return secretVersion === 0 || digests.some((digest) => digest.secretVersion === secretVersion);
}
