import type { ImportedKinds, QuotaLedger, TokenChange, TokenChangeListener, TokenSource } from '@latchkey/core';
import type { CallPort } from './call-port.ts';
import type { MainMethods } from './thread-protocol.ts';

type Main = CallPort<MainMethods>;

/** The main thread's tokens, and what it says of changes. */
export interface MainTokenSource extends TokenSource {
  /** Tells every listener before it returns. */
  applyChange(change: TokenChange): void;
  forgetImported(): void;
}

export function createMainTokenSource(main: Main): MainTokenSource {
  const listeners = new Set<TokenChangeListener>();
  const imported = createMainImportedSecrets(main);
  return {
    findByDigest: (candidates) => main.call('findByDigest', candidates),
    imported,
    rehash: (...change) => main.tell('rehash', ...change),
    subscribe(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    applyChange(change) {
      imported.noteChange(change);
      for (const listener of listeners) void listener(change);
    },
    forgetImported: () => imported.noteChange({ kind: 'resync' }),
  };
}

/** What was imported is asked anew after each change, because any may be an import. While changes can not be heard nothing is remembered. */
function createMainImportedSecrets(main: Main) {
  let known: ImportedKinds | null = null;
  let changes = 0;
  let isListening = true;

  async function read(): Promise<ImportedKinds> {
    const before = changes;
    const kinds = await main.call('importedKinds');
    if (isListening && changes === before) known = kinds;
    return kinds;
  }

  function noteChange({ kind }: TokenChange): void {
    changes += 1;
    known = null;
    if (kind !== 'changed') isListening = kind === 'resync';
  }

  return {
    kinds: () => known ?? read(),
    findBcrypt: (hint: Parameters<MainMethods['findBcrypt']>[0]) => main.call('findBcrypt', hint),
    noteChange,
  };
}

export function createMainQuotaLedger(main: Main): QuotaLedger {
  return {
    lease: (tokenId, request, now) => main.call('lease', tokenId, request, now),
    giveBack: (tokenId, unspent) => main.call('giveBack', tokenId, unspent),
  };
}
