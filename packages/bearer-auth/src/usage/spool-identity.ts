import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { SpoolPosition } from '@latchkey/core';
import { type SpoolFiles, writeAll } from './spool-files.ts';

const FILE = 'spool.json';

/** Under which name the store keeps the position of this spool. */
export interface SpoolIdentity {
  /** 32 lower-case hex characters, random. */
  readonly id: string;
  /** Where reading begins as long as the store knows no position for `id`; `null`: at the start. */
  readonly base: SpoolPosition | null;
}

/** The identity kept in the directory, or a new one, kept from now on, where there is none (or no readable one). */
export function openSpoolIdentity(directory: string, files: SpoolFiles): SpoolIdentity {
  return readIdentity(directory) ?? renewSpoolIdentity(directory, null, files);
}

export function renewSpoolIdentity(directory: string, base: SpoolPosition | null, files: SpoolFiles): SpoolIdentity {
  const identity = { id: randomBytes(16).toString('hex'), base };
  writeIdentity(directory, identity, files);
  return identity;
}

function readIdentity(directory: string): SpoolIdentity | null {
  try {
    return parseIdentity(JSON.parse(readFileSync(join(directory, FILE), 'utf8')));
  } catch (error) {
    if (error instanceof SyntaxError || (error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
}

function parseIdentity(value: { id?: unknown; base?: Partial<SpoolPosition> | null } | null): SpoolIdentity | null {
  if (typeof value?.id !== 'string' || !/^[0-9a-f]{32}$/.test(value.id)) return null;
  const { segment, offset } = value.base ?? {};
  if (!Number.isSafeInteger(segment) || !Number.isSafeInteger(offset)) return { id: value.id, base: null };
  return { id: value.id, base: { segment: Number(segment), offset: Number(offset) } };
}

/** Written beside and renamed over, so that a crash leaves the old or the new one, never half of it. */
function writeIdentity(directory: string, identity: SpoolIdentity, files: SpoolFiles): void {
  const beside = join(directory, `${FILE}.new`);
  const file = files.rewrite(beside);
  try {
    writeAll(file, Buffer.from(JSON.stringify(identity)), 0, files);
    files.syncNow(file);
  } finally {
    files.close(file);
  }
  files.rename(beside, join(directory, FILE));
}
