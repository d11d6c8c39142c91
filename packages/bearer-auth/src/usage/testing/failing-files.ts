import { type SpoolFiles, spoolFiles } from '../spool-files.ts';

/** A disk on which one call of one kind fails. */
export interface FailingFiles {
  readonly files: SpoolFiles;
  /** Calls of that kind so far, the failed one included. */
  readonly calls: number;
}

/** The calls of `kind` from number `first` on, counted from 1, fail `times` times with `ENOSPC`; half of a write is done all the same. */
export function createFailingFiles(kind: keyof SpoolFiles, first: number, times = 1): FailingFiles {
  let calls = 0;
  const isDue = (): boolean => {
    calls += 1;
    return calls >= first && calls < first + times;
  };

  const fails = (...args: unknown[]): unknown => {
    const real = spoolFiles[kind] as (...args: unknown[]) => unknown;
    if (!isDue()) return real(...args);
    if (kind === 'write') spoolFiles.write(...halved(args as Parameters<SpoolFiles['write']>));
    const done = args.at(-1);
    if (typeof done !== 'function') throw diskFull();
    setImmediate(() => done(diskFull()));
    return undefined;
  };

  return {
    files: { ...spoolFiles, [kind]: fails },
    get calls() {
      return calls;
    },
  };
}

function halved([file, bytes, offset, length, position]: Parameters<SpoolFiles['write']>): Parameters<SpoolFiles['write']> {
  return [file, bytes, offset, Math.floor(length / 2), position];
}

function diskFull(): Error {
  return Object.assign(new Error('ENOSPC: no space left on device'), { code: 'ENOSPC' });
}
