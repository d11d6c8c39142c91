import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { SpoolRecord } from '@latchkey/core';
import { onTestFinished } from 'vitest';
import type { Spool } from '../spool.ts';

/** A directory that is gone after the test. */
export function temporaryDirectory(): string {
  const directory = mkdtempSync(join(tmpdir(), 'latchkey-spool-'));
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
  return directory;
}

/** Appends all and resolves with what each `done` was told. */
export function appendAll(spool: Spool, records: readonly SpoolRecord[]): Promise<(Error | null)[]> {
  return Promise.all(records.map((record) => new Promise<Error | null>((resolve) => spool.append(record, resolve))));
}
